import Formats

/// An operand of the IgnoreCase operators.
enum LowercaseOperand: Sendable {
    case fixed(String)
    case template(TextPattern)

    init(_ text: String, variables: Bool) {
        let pattern = TextPattern(text, variables: variables, wildcards: false)
        self =
            pattern.template == nil
            ? .fixed(LowercaseText.of(String(decoding: pattern.fixed.literalText ?? [], as: UTF8.self)))
            : .template(pattern)
    }

    /// - Parameter lowered: the request value, lower-cased.
    func equals(_ lowered: String, in context: borrowing RequestContext) -> Bool {
        switch self {
        case .fixed(let text): return LowercaseText.same(text, lowered)
        case .template(let pattern):
            guard let codes = pattern.codes(in: context) else { return false }
            let text = String(decoding: codes.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
            return LowercaseText.same(LowercaseText.of(text), lowered)
        }
    }
}

/// Base64 texts are equal if they are the same canonical text.
enum BinaryOperand {
    static func matches(_ operands: [String], _ text: String) -> Bool {
        guard Base64.decode(text) != nil else { return false }
        return operands.contains { LowercaseText.same($0, text) }
    }
}

/// An operand of the ARN operators: six patterns, each matched apart.
///
/// The operand is cut at its colons after variables are replaced, so a variable may stand for a whole ARN.
enum ARNOperand: Sendable {
    case parts([Glob])
    case template(TextPattern)
    case notAnARN

    /// What became of a request value.
    enum Outcome { case match, noMatch, notAnARN }

    init(_ text: String, variables: Bool) {
        let pattern = TextPattern(text, variables: variables, wildcards: true)
        guard pattern.template == nil else {
            self = .template(pattern)
            return
        }
        self = ARNOperand.cut(pattern.fixed.codes).map(ARNOperand.parts) ?? .notAnARN
    }

    /// Nil unless there are six parts.
    private static func cut(_ codes: [UInt16]) -> [Glob]? {
        let pieces = codes.split(separator: UInt16(UInt8(ascii: ":")), maxSplits: 5, omittingEmptySubsequences: false)
        return pieces.count == 6 ? pieces.map { Glob(codes: Array($0)) } : nil
    }

    /// Scans the operands in order; nil if one that is not an ARN comes before any match.
    static func match(_ operands: [ARNOperand], _ text: String, in context: borrowing RequestContext) -> Outcome? {
        let utf8 = text.utf8Span
        guard text.utf8.starts(with: "arn:".utf8), let colons = Colons(utf8.span) else { return .notAnARN }
        for operand in operands {
            let parts: [Glob]
            switch operand {
            case .notAnARN: return nil
            case .parts(let globs): parts = globs
            case .template(let pattern):
                guard let codes = pattern.codes(in: context) else { continue }
                guard let globs = cut(codes) else { return nil }
                parts = globs
            }
            var isMatch = true
            for index in 0..<6 where !parts[index].matches(utf8.span.extracting(colons.range(index, count: utf8.count)))
            {
                isMatch = false
                break
            }
            if isMatch { return .match }
        }
        return .noMatch
    }
}
