/// A set of Unicode scalars: a bitmap for ASCII, ranges and general categories for the rest.
struct CharacterClass: Sendable, Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var ranges: [ClosedRange<UInt32>] = []
    private var categories: [Character] = []
    private var excluded: [CharacterClass] = []
    private var isNegated = false

    init() {}

    mutating func insert(_ range: ClosedRange<UInt32>) {
        for value in range.lowerBound...max(range.lowerBound, min(range.upperBound, 127)) where range.contains(value) {
            setASCII(value)
        }
        if range.upperBound > 127 { ranges.append(max(range.lowerBound, 128)...range.upperBound) }
    }

    mutating func insert(_ scalar: UInt32) { insert(scalar...scalar) }

    /// A general category by its first letter: `L`, `N`, `Z`, …
    mutating func insert(category: Character) {
        for value in UInt32(0)..<128 {
            if CharacterClass.category(of: value) == category { setASCII(value) }
        }
        categories.append(category)
    }

    mutating func insert(_ other: CharacterClass) {
        guard !other.isNegated else {
            for value in UInt32(0)..<128 where other.contains(value) { setASCII(value) }
            excluded.append(other)
            return
        }
        low |= other.low
        high |= other.high
        ranges += other.ranges
        categories += other.categories
        excluded += other.excluded
    }

    mutating func negate() { isNegated.toggle() }

    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return (low >> UInt64(scalar) & 1 == 1) != isNegated }
        if scalar < 128 { return (high >> UInt64(scalar - 64) & 1 == 1) != isNegated }
        return containsBeyondASCII(scalar) != isNegated
    }

    private func containsBeyondASCII(_ scalar: UInt32) -> Bool {
        if ranges.contains(where: { $0.contains(scalar) }) || excluded.contains(where: { $0.contains(scalar) }) {
            return true
        }
        guard !categories.isEmpty, let category = CharacterClass.category(of: scalar) else { return false }
        return categories.contains(category)
    }

    private mutating func setASCII(_ value: UInt32) {
        if value < 64 { low |= 1 << UInt64(value) } else if value < 128 { high |= 1 << UInt64(value - 64) }
    }

    /// The first letter of a scalar's general category.
    private static func category(of scalar: UInt32) -> Character? {
        switch Unicode.Scalar(scalar)?.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: "L"
        case .decimalNumber, .letterNumber, .otherNumber: "N"
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: "Z"
        case .nonspacingMark, .spacingMark, .enclosingMark: "M"
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: "S"
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            "P"
        case .control, .format, .surrogate, .privateUse, .unassigned: "C"
        case nil: nil
        @unknown default: nil
        }
    }
}

extension CharacterClass {
    init(_ ranges: ClosedRange<UInt32>...) {
        for range in ranges { insert(range) }
    }

    static let all = CharacterClass(0...0x10FFFF)
    static let digit = CharacterClass(0x30...0x39)
    /// ASCII, as in Java without flags.
    static let word = CharacterClass(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
    static let space = CharacterClass(0x09...0x0D, 0x20...0x20)
    /// What `.` matches: all but line ends.
    static let notLineEnd: CharacterClass = {
        var lineEnds = CharacterClass(0x0A...0x0A, 0x0D...0x0D, 0x85...0x85, 0x2028...0x2029)
        lineEnds.negate()
        return lineEnds
    }()
}
