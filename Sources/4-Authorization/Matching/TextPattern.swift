/// A policy text that may hold variables (`${aws:username}`, `${key, 'default'}`) and wildcards.
///
/// What a variable stands for is literal: wildcards in it do nothing. `${*}`, `${?}` and `${$}` are those characters.
/// Read once; only a pattern with variables costs an allocation when it is matched.
/// - Source: IAM User Guide, "IAM policy elements: Variables and tags".
struct TextPattern: Sendable {
    enum Part: Sendable {
        case text([UInt16])
        case variable(ConditionKey, default: [UInt8]?)
        /// Something in `${}` that names no key: it never has a value.
        case nothing
    }

    /// The whole pattern, unless it has variables.
    let fixed: Glob
    /// Nil without variables.
    let template: [Part]?

    static let anything = TextPattern("*", variables: false, wildcards: true)

    /// - Parameters:
    ///   - variables: false reads `${…}` as literal text (Version 2008-10-17, and operators without variables).
    ///   - wildcards: false reads `*` and `?` as literal text (`StringEquals`).
    init(_ text: String, variables: Bool, wildcards: Bool) {
        self.init(Array(text.utf8), variables: variables, wildcards: wildcards)
    }

    init(_ bytes: [UInt8], variables: Bool, wildcards: Bool) {
        guard variables, bytes.contains(UInt8(ascii: "$")) else {
            (fixed, template) = (Glob(codes: bytes.map { wildcards ? Glob.code($0) : UInt16($0) }), nil)
            return
        }
        var reader = TemplateReader(bytes: bytes, wildcards: wildcards)
        let parts = reader.read()
        if parts.isEmpty {
            (fixed, template) = (Glob(codes: []), nil)
        } else if parts.count == 1, case .text(let codes) = parts[0] {
            (fixed, template) = (Glob(codes: codes), nil)
        } else {
            (fixed, template) = (Glob(codes: []), parts)
        }
    }

    /// The pattern with every variable replaced; nil if one has no value.
    /// - Parameter length: of the text to be matched. Where more than so many bytes of it are fixed by the pattern, the
    ///   result is nil too: many variables with long values cost no more than the text is long.
    func codes(in context: borrowing RequestContext, matching length: Int = .max) -> [UInt16]? {
        guard let template else { return fixed.codes }
        var result: [UInt16] = []
        var runs = 0
        for part in template {
            guard result.count - runs <= length else { return nil }
            switch part {
            case .text(let codes):
                result += codes
                runs += codes.count { $0 == Glob.run }
            case .nothing: return nil
            case .variable(let key, let fallback):
                switch context.value(of: key) {
                case .single(let text)?: for byte in text.utf8 { result.append(UInt16(byte)) }
                case .multiple?: return nil
                case nil:
                    guard let fallback else { return nil }
                    result += fallback.map(UInt16.init)
                }
            }
        }
        return result
    }

    func matches(_ text: borrowing Span<UInt8>, in context: borrowing RequestContext) -> Bool {
        guard template != nil else { return fixed.matches(text) }
        guard let codes = codes(in: context, matching: text.count) else { return false }
        return Glob.matches(codes.span, text)
    }
}

private struct TemplateReader {
    let bytes: [UInt8]
    let wildcards: Bool
    private var at = 0
    private var parts: [TextPattern.Part] = []
    private var codes: [UInt16] = []

    init(bytes: [UInt8], wildcards: Bool) { (self.bytes, self.wildcards) = (bytes, wildcards) }

    mutating func read() -> [TextPattern.Part] {
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "$"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "{"),
                variable()
            {
                continue
            }
            codes.append(code(byte))
            at += 1
        }
        flush()
        return parts
    }

    private func code(_ byte: UInt8) -> UInt16 {
        guard wildcards else { return UInt16(byte) }
        return Glob.code(byte)
    }

    private mutating func flush() {
        if !codes.isEmpty { parts.append(.text(codes)) }
        codes = []
    }

    /// Passes one `${…}`; false if it never closes, and is then literal text.
    private mutating func variable() -> Bool {
        let start = at + 2
        guard let plainEnd = bytes[start...].firstIndex(of: UInt8(ascii: "}")) else { return false }
        let inner = bytes[start..<plainEnd]
        if inner.count == 1, let byte = inner.first,
            [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "$")].contains(byte)
        {
            codes.append(UInt16(byte))
            at = plainEnd + 1
            return true
        }
        flush()
        guard let comma = inner.firstIndex(of: UInt8(ascii: ",")) else {
            parts.append(.init(named: inner, default: nil))
            at = plainEnd + 1
            return true
        }
        var quote = comma + 1
        while quote < bytes.count, bytes[quote] == 0x20 { quote += 1 }
        guard quote < bytes.count, bytes[quote] == UInt8(ascii: "'"), let end = closing(after: quote) else {
            parts.append(.nothing)
            at = plainEnd + 1
            return true
        }
        parts.append(.init(named: bytes[start..<comma], default: Array(bytes[quote + 1..<end.quote])))
        at = end.brace + 1
        return true
    }

    /// The quote and brace that end a default value: a quote followed by blanks and `}`.
    private func closing(after quote: Int) -> (quote: Int, brace: Int)? {
        var end = quote + 1
        while end < bytes.count {
            if bytes[end] == UInt8(ascii: "'") {
                var brace = end + 1
                while brace < bytes.count, bytes[brace] == 0x20 { brace += 1 }
                if brace < bytes.count, bytes[brace] == UInt8(ascii: "}") { return (end, brace) }
            }
            end += 1
        }
        return nil
    }
}

extension TextPattern.Part {
    fileprivate init(named name: ArraySlice<UInt8>, default fallback: [UInt8]?) {
        let trimmed = name.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
        self =
            trimmed.isEmpty
            ? .nothing : .variable(ConditionKey(String(decoding: Array(trimmed), as: UTF8.self)), default: fallback)
    }
}
