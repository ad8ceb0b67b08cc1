/// Lower-cased text as the IgnoreCase operators compare it: Unicode's full mapping with the final-sigma rule, and no
/// folding.
/// - Source: The Unicode Standard, section 3.13; AWS's choice as observed.
enum LowercaseText {
    static func of(_ text: String) -> String {
        var (seen, hasCapitals): (UInt8, Bool) = (0, false)
        for byte in text.utf8 {
            seen |= byte
            hasCapitals = hasCapitals || (0x41...0x5A).contains(byte)
        }
        guard seen >= 0x80 else { return hasCapitals ? text.lowercased() : text }
        let scalars = Array(text.unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            if scalar == "\u{3A3}" {
                result.unicodeScalars.append(isFinal(index, in: scalars) ? "\u{3C2}" : "\u{3C3}")
            } else {
                result += scalar.properties.lowercaseMapping
            }
        }
        return result
    }

    /// True if both are the same code points: Swift's own `==` would also equate canonical equivalents.
    static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    /// A sigma is final after a cased letter and not before one, case-ignorable characters passed over.
    private static func isFinal(_ index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
        return before?.properties.isCased == true && after?.properties.isCased != true
    }
}
