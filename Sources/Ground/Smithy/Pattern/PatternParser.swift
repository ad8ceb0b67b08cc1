/// Reads the part of Java's regular expressions that AWS's models use.
///
/// Alternatives, groups, `* + ? {n,m}`, classes with ranges and `\w \d \s \p{L} \uXXXX`, `.`, `^`, `$`, `(?s)`, and a
/// negative look-ahead for one character. Laziness and captures change nothing where only *whether* matters.
struct PatternParser {
    indirect enum Node: Sendable {
        case empty
        case character(CharacterClass)
        case sequence([Node])
        case alternatives([Node])
        /// `max` nil is without end.
        case repetition(Node, min: Int, max: Int?)
        case notFollowedBy(CharacterClass)
        case atStart, atEnd
    }

    private let scalars: [UInt32]
    private var position = 0
    private var dotMatchesLineEnds = false

    private init(_ source: String) {
        // Some models write supplementary characters as if \u took six digits.
        let paired = source.replacing("\\u10000-\\u10FFFF", with: "\\uD800\\uDC00-\\uDBFF\\uDFFF")
        scalars = paired.unicodeScalars.map(\.value)
    }

    /// Nil where the source uses what this reader does not know.
    static func node(_ source: String) -> Node? {
        var parser = PatternParser(source)
        guard let node = parser.alternatives(), parser.position == parser.scalars.count else { return nil }
        return node
    }

    private func at(_ character: Unicode.Scalar, ahead: Int = 0) -> Bool {
        position + ahead < scalars.count && scalars[position + ahead] == character.value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard at(character) else { return false }
        position += 1
        return true
    }

    private mutating func next() -> UInt32? {
        guard position < scalars.count else { return nil }
        position += 1
        return scalars[position - 1]
    }

    private mutating func alternatives() -> Node? {
        guard let first = sequence() else { return nil }
        var nodes = [first]
        while take("|") {
            guard let node = sequence() else { return nil }
            nodes.append(node)
        }
        return nodes.count == 1 ? first : .alternatives(nodes)
    }

    private mutating func sequence() -> Node? {
        var nodes: [Node] = []
        while position < scalars.count, !at("|"), !at(")") {
            guard let atom = atom(), let node = quantified(atom) else { return nil }
            nodes.append(node)
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func quantified(_ atom: Node) -> Node? {
        var bounds: (min: Int, max: Int?)?
        if take("*") {
            bounds = (0, nil)
        } else if take("+") {
            bounds = (1, nil)
        } else if take("?") {
            bounds = (0, 1)
        } else if take("{") {
            guard let read = counts() else { return nil }
            bounds = read
        }
        guard let bounds else { return atom }
        _ = take("?")
        return .repetition(atom, min: bounds.min, max: bounds.max)
    }

    private mutating func counts() -> (min: Int, max: Int?)? {
        guard let min = number() else { return nil }
        if take("}") { return (min, min) }
        guard take(",") else { return nil }
        if take("}") { return (min, nil) }
        guard let max = number(), max >= min, take("}") else { return nil }
        return (min, max)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while position < scalars.count, (0x30...0x39).contains(scalars[position]), (value ?? 0) < 100_000 {
            value = (value ?? 0) * 10 + Int(scalars[position] - 0x30)
            position += 1
        }
        return value
    }

    private mutating func atom() -> Node? {
        if take("(") { return group() }
        if take("[") { return characterClass().map { .character($0) } }
        if take(".") { return .character(dotMatchesLineEnds ? .all : .notLineEnd) }
        if take("^") { return .atStart }
        if take("$") { return .atEnd }
        if at("\\") { return escape().map { .character($0) } }
        return next().map { .character(CharacterClass($0...$0)) }
    }

    private mutating func group() -> Node? {
        if at("?"), at("s", ahead: 1), at(")", ahead: 2) {
            position += 3
            dotMatchesLineEnds = true
            return .empty
        }
        if at("?"), at("!", ahead: 1) {
            position += 2
            guard case .character(let refused)? = alternatives(), take(")") else { return nil }
            return .notFollowedBy(refused)
        }
        if at("?") {
            guard at(":", ahead: 1) else { return nil }
            position += 2
        }
        guard let node = alternatives(), take(")") else { return nil }
        return node
    }

    private mutating func characterClass() -> CharacterClass? {
        var result = CharacterClass()
        let isNegated = take("^")
        while !take("]") {
            guard let first = classItem() else { return nil }
            // A blank dash before the end or after a set such as \d stands for itself.
            guard let low = first.single, at("-"), !at("]", ahead: 1), position + 1 < scalars.count else {
                result.insert(first.set)
                continue
            }
            let dash = position
            position += 1
            guard let last = classItem() else { return nil }
            if let high = last.single, high >= low {
                result.insert(low...high)
            } else {
                result.insert(low)
                position = dash + 1
                result.insert(0x2D)
            }
        }
        if isNegated { result.negate() }
        return result
    }

    private mutating func classItem() -> (single: UInt32?, set: CharacterClass)? {
        if at("\\") {
            let start = position
            if let value = codePoint() { return (value, CharacterClass(value...value)) }
            position = start
            return escape().map { (nil, $0) }
        }
        return next().map { ($0, CharacterClass($0...$0)) }
    }

    /// An escape that stands for one character; nil for sets, with the position moved.
    private mutating func codePoint() -> UInt32? {
        guard take("\\"), let letter = next(), let scalar = Unicode.Scalar(letter) else { return nil }
        switch scalar {
        case "w", "W", "d", "D", "s", "S", "p", "P": return nil
        case "u":
            guard let high = hexadecimal(4) else { return nil }
            guard (0xD800...0xDBFF).contains(high), at("\\"), at("u", ahead: 1) else { return high }
            position += 2
            guard let low = hexadecimal(4), (0xDC00...0xDFFF).contains(low) else { return nil }
            return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
        case "x": return hexadecimal(2)
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        default: return letter
        }
    }

    private mutating func hexadecimal(_ count: Int) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = next().flatMap({ Unicode.Scalar($0) }).flatMap({ Character($0).hexDigitValue }) else {
                return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func escape() -> CharacterClass? {
        let start = position
        if let value = codePoint() { return CharacterClass(value...value) }
        position = start + 1
        guard let letter = next().flatMap({ Unicode.Scalar($0) }) else { return nil }
        var result: CharacterClass
        switch letter {
        case "w", "W": result = .word
        case "d", "D": result = .digit
        case "s", "S": result = .space
        case "p", "P":
            guard take("{"), let name = next().flatMap({ Unicode.Scalar($0) }), take("}") else { return nil }
            result = CharacterClass()
            result.insert(category: Character(name))
        default: return nil
        }
        if "WDSP".unicodeScalars.contains(letter) { result.negate() }
        return result
    }
}
