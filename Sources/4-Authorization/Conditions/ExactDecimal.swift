/// A decimal number of any precision, as the Numeric operators compare it.
///
/// Reads `1`, `01`, `+1`, `1.0`, `1.`, `.5`, `1e0`; not `NaN`, blanks or the empty text.
struct ExactDecimal: Sendable, Hashable, Comparable {
    /// -1, 0 or 1.
    private let sign: Int
    /// The number is 0.d₁d₂d₃… × 10^exponent, with d₁ not zero.
    private let exponent: Int
    /// Without leading and trailing zeros.
    private let digits: [UInt8]

    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        var isNegative = false
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        let whole = rest.prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var scale = 0
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            guard let value = Int32(String(decoding: rest.dropFirst(), as: UTF8.self)) else { return nil }
            scale = Int(value)
            rest = []
        }
        guard rest.isEmpty else { return nil }
        let all = whole + fraction
        let significant = all.drop { $0 == 0x30 }
        var trimmed = Array(significant)
        while trimmed.last == 0x30 { trimmed.removeLast() }
        digits = trimmed
        sign = trimmed.isEmpty ? 0 : isNegative ? -1 : 1
        exponent = trimmed.isEmpty ? 0 : whole.count - (all.count - significant.count) + scale
    }

    static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        guard left.sign == right.sign else { return left.sign < right.sign }
        switch left.sign {
        case 0: return false
        case 1: return left.isSmaller(than: right)
        default: return right.isSmaller(than: left)
        }
    }

    private func isSmaller(than other: ExactDecimal) -> Bool {
        exponent != other.exponent ? exponent < other.exponent : digits.lexicographicallyPrecedes(other.digits)
    }
}
