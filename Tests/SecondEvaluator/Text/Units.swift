/// The UTF-16 code units of a text: what AWS compares. Swift's own `==` holds `é` and `e` + accent for equal; AWS does not.
typealias Units = [UInt16]

extension String {
    var units: Units { Array(utf16) }

    /// The same text, unit by unit.
    func isText(_ other: String) -> Bool { units == other.units }

    /// The same text but for case. Specification 3.2, 3.4, 4.1: actions, variables and key names.
    func isText(ignoringCase other: String) -> Bool { lowered(self).units == lowered(other).units }
}

/// A text in lower case, the Greek sigma at the end of a word as `ς`. Specification 4.7, "IgnoreCase".
/// Not case folding: `ß`, `ſ` and `ı` stay what they are.
/// - Source: The Unicode Standard, 3.13, "Default Case Conversion" and table 3-17, Final_Sigma.
func lowered(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
    let scalars = Array(text.unicodeScalars)
    var result = ""
    for (index, scalar) in scalars.enumerated() {
        if scalar == "Σ" && endsWord(scalars, at: index) {
            result += "ς"
        } else {
            result += scalar.properties.lowercaseMapping
        }
    }
    return result
}

/// Whether the letter before is cased and the letter after is not, signs that have no case of their own left out.
private func endsWord(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
    func letter(_ candidates: some Sequence<Unicode.Scalar>) -> Bool {
        for scalar in candidates where !scalar.properties.isCaseIgnorable { return scalar.properties.isCased }
        return false
    }
    return letter(scalars[..<index].reversed()) && !letter(scalars[(index + 1)...])
}

/// The parts of a text between the first `count - 1` separators; the last part keeps the rest. Specification 3.3.
func parts<Element: Equatable>(_ text: [Element], at separator: Element, atMost count: Int) -> [[Element]] {
    guard count > 1, let found = text.firstIndex(of: separator) else { return [text] }
    return [Array(text[..<found])] + parts(Array(text[(found + 1)...]), at: separator, atMost: count - 1)
}
