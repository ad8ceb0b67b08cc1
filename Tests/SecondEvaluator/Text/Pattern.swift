/// One element of a pattern. Specification 3.1: `*` is any run, `?` one code unit, all else itself.
enum Mark: Equatable {
    case unit(UInt16)
    case one
    case any
}

/// A pattern whose `*` and `?` are wildcards.
func wildcards(_ text: String) -> [Mark] {
    text.units.map { unit in
        switch unit {
        case 0x2A: .any
        case 0x3F: .one
        default: .unit(unit)
        }
    }
}

/// A pattern in which `*` and `?` are themselves.
func literal(_ text: String) -> [Mark] { text.units.map(Mark.unit) }

/// Whether a pattern matches a whole text. Specification 3.1.
/// Every pair of a beginning of the pattern and a beginning of the text is answered once, the shorter ones first.
func matches(_ pattern: [Mark], _ text: Units) -> Bool {
    var fits = Array(repeating: Array(repeating: false, count: text.count + 1), count: pattern.count + 1)
    fits[0][0] = true
    for p in 0..<pattern.count {
        for t in 0...text.count {
            switch pattern[p] {
            case .any: fits[p + 1][t] = fits[p][t] || (t > 0 && fits[p + 1][t - 1])
            case .one: fits[p + 1][t] = t > 0 && fits[p][t - 1]
            case .unit(let unit): fits[p + 1][t] = t > 0 && text[t - 1] == unit && fits[p][t - 1]
            }
        }
    }
    return fits[pattern.count][text.count]
}

/// Whether the text is matched, both in lower case. Specification 3.2.
func matchesIgnoringCase(_ pattern: String, _ text: String) -> Bool {
    matches(wildcards(lowered(pattern)), lowered(text).units)
}
