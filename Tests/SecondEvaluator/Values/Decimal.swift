/// A number of any precision: `0.digits × 10^exponent`, digits without zeros at either end. Specification 4.7, "Numeric".
struct Decimal {
    var isNegative = false
    var digits: [UInt8] = []
    var exponent = 0

    /// Sign, digits, perhaps a point, perhaps an exponent: `01`, `+1`, `1.0`, `1.` and `1e0` are all 1. Nil for other text.
    init?(_ text: String) {
        var rest = Array(text.utf8)
        func sign() -> Bool {
            guard let first = rest.first, first == 0x2B || first == 0x2D else { return false }
            rest.removeFirst()
            return first == 0x2D
        }
        func run() -> [UInt8] {
            let run = Array(rest.prefix { (0x30...0x39).contains($0) })
            rest.removeFirst(run.count)
            return run
        }
        isNegative = sign()
        let whole = run()
        var fraction: [UInt8] = []
        if rest.first == 0x2E {
            rest.removeFirst()
            fraction = run()
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        exponent = whole.count
        if rest.first == 0x65 || rest.first == 0x45 {
            rest.removeFirst()
            let down = sign()
            let power = run()
            guard !power.isEmpty, let power = Int(String(decoding: power, as: UTF8.self)), power <= Int32.max else {
                return nil
            }
            exponent += down ? -power : power
        }
        guard rest.isEmpty else { return nil }
        digits = whole + fraction
        while digits.first == 0x30 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.last == 0x30 { digits.removeLast() }
        if digits.isEmpty { (isNegative, exponent) = (false, 0) }
    }

    static func isLess(_ left: Decimal, _ right: Decimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        if left.isNegative { return isSmaller(right, left) }
        return isSmaller(left, right)
    }

    /// Compared without their signs.
    private static func isSmaller(_ left: Decimal, _ right: Decimal) -> Bool {
        if left.digits.isEmpty || right.digits.isEmpty { return left.digits.isEmpty && !right.digits.isEmpty }
        if left.exponent != right.exponent { return left.exponent < right.exponent }
        return left.digits.lexicographicallyPrecedes(right.digits)
    }
}
