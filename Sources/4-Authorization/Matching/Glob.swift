/// A pattern in which `*` stands for any run of characters and `?` for exactly one UTF-16 code unit.
///
/// Everything else is literal. Matching takes at most length × pattern steps, never more.
/// - Source: IAM User Guide, "Resource element"; UTF-16 counting as observed at AWS.
struct Glob: Sendable, Hashable {
    static let run: UInt16 = 256
    static let one: UInt16 = 257

    private enum Form: Sendable, Hashable { case any, exact, prefix, general }
    private let form: Form
    /// The literal bytes of `exact` and `prefix`.
    private let literal: [UInt8]
    /// UTF-8 bytes, `run` and `one`.
    let codes: [UInt16]

    init(codes: [UInt16]) {
        self.codes = codes
        let wild = codes.firstIndex { $0 >= Glob.run }
        literal = codes[..<(wild ?? codes.count)].map { UInt8(truncatingIfNeeded: $0) }
        if let wild {
            let isTail = codes[wild...].allSatisfy { $0 == Glob.run }
            form = isTail ? (wild == 0 ? .any : .prefix) : .general
        } else {
            form = .exact
        }
    }

    /// Reads `*` and `?` in `text` as wildcards.
    init(_ text: some Sequence<UInt8>) {
        self.init(codes: text.map(Glob.code))
    }

    /// `*` and `?` as wildcards, other bytes as themselves.
    static func code(_ byte: UInt8) -> UInt16 {
        byte == UInt8(ascii: "*") ? run : byte == UInt8(ascii: "?") ? one : UInt16(byte)
    }

    static let anything = Glob(codes: [run])

    var isLiteral: Bool { form == .exact }
    /// The pattern's text, if it has no wildcard.
    var literalText: [UInt8]? { form == .exact ? literal : nil }

    func matches(_ text: borrowing Span<UInt8>) -> Bool {
        switch form {
        case .any: return true
        case .exact: return text.count == literal.count && Glob.begins(text, literal)
        case .prefix: return text.count >= literal.count && Glob.begins(text, literal)
        case .general: return Glob.matches(codes.span, text)
        }
    }

    func matches(_ text: String) -> Bool { matches(text.utf8Span.span) }

    private static func begins(_ text: borrowing Span<UInt8>, _ literal: [UInt8]) -> Bool {
        for index in 0..<literal.count where text[index] != literal[index] { return false }
        return true
    }

    /// Any pattern, by its codes.
    static func matches(_ codes: borrowing Span<UInt16>, _ text: borrowing Span<UInt8>) -> Bool {
        var steps = UncountedSteps()
        return matches(codes, text, &steps)
    }

    static func matches(
        _ codes: borrowing Span<UInt16>, _ text: borrowing Span<UInt8>, _ steps: inout some StepCounter
    ) -> Bool {
        for index in 0..<text.count where text[index] >= 0xF0 {
            // A character of two code units takes two `?`.
            return UTF16Glob(codes).matches(UTF16Glob.units(text), &steps)
        }
        var (at, next) = (0, 0)
        var (resumeText, resumePattern) = (-1, -1)
        while at < text.count {
            steps.step()
            if next < codes.count {
                let code = codes[next]
                if code == Glob.run {
                    (resumeText, resumePattern) = (at, next + 1)
                    next += 1
                    continue
                }
                if code == Glob.one, text[at] & 0xC0 != 0x80 {
                    at += 1
                    while at < text.count, text[at] & 0xC0 == 0x80 { at += 1 }
                    next += 1
                    continue
                }
                if code == UInt16(text[at]) {
                    at += 1
                    next += 1
                    continue
                }
            }
            guard resumePattern >= 0 else { return false }
            resumeText += 1
            (at, next) = (resumeText, resumePattern)
        }
        while next < codes.count, codes[next] == Glob.run { next += 1 }
        return next == codes.count
    }
}

/// Counts the steps of a match, where somebody wants to know.
protocol StepCounter { mutating func step() }

/// What costs nothing.
struct UncountedSteps: StepCounter {
    @inline(__always) mutating func step() {}
}

/// The same match over UTF-16 code units, for texts with characters outside the basic plane.
private struct UTF16Glob {
    private static let run: UInt32 = 0x1_0000
    private static let one: UInt32 = 0x1_0001
    private var pattern: [UInt32] = []

    init(_ codes: borrowing Span<UInt16>) {
        var literal: [UInt8] = []
        for index in 0..<codes.count {
            let code = codes[index]
            if code < Glob.run {
                literal.append(UInt8(truncatingIfNeeded: code))
                continue
            }
            pattern += String(decoding: literal, as: UTF8.self).utf16.map(UInt32.init)
            literal.removeAll(keepingCapacity: true)
            pattern.append(code == Glob.run ? UTF16Glob.run : UTF16Glob.one)
        }
        pattern += String(decoding: literal, as: UTF8.self).utf16.map(UInt32.init)
    }

    static func units(_ text: borrowing Span<UInt8>) -> [UInt32] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for index in 0..<text.count { bytes.append(text[index]) }
        return String(decoding: bytes, as: UTF8.self).utf16.map(UInt32.init)
    }

    func matches(_ text: [UInt32], _ steps: inout some StepCounter) -> Bool {
        var (at, next) = (0, 0)
        var (resumeText, resumePattern) = (-1, -1)
        while at < text.count {
            steps.step()
            if next < pattern.count, pattern[next] == UTF16Glob.run {
                (resumeText, resumePattern) = (at, next + 1)
                next += 1
            } else if next < pattern.count, pattern[next] == UTF16Glob.one || pattern[next] == text[at] {
                at += 1
                next += 1
            } else {
                guard resumePattern >= 0 else { return false }
                resumeText += 1
                (at, next) = (resumeText, resumePattern)
            }
        }
        while next < pattern.count, pattern[next] == UTF16Glob.run { next += 1 }
        return next == pattern.count
    }
}
