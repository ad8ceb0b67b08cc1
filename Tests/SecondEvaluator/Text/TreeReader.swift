/// Reads JSON as RFC 8259 has it, and nothing else.
struct TreeReader {
    private let scalars: [Unicode.Scalar]
    private var place = 0

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Nil for a text that is not JSON.
    static func read(_ text: String) -> Tree? {
        var reader = TreeReader(text)
        guard let tree = reader.value(depth: 0) else { return nil }
        reader.space()
        return reader.place == reader.scalars.count ? tree : nil
    }

    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func space() {
        while let scalar = next, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" { place += 1 }
    }

    private mutating func take(_ word: String) -> Bool {
        let wanted = Array(word.unicodeScalars)
        guard place + wanted.count <= scalars.count, Array(scalars[place..<place + wanted.count]) == wanted else {
            return false
        }
        place += wanted.count
        return true
    }

    private mutating func value(depth: Int) -> Tree? {
        guard depth < 100 else { return nil }
        space()
        switch next {
        case "{": return object(depth: depth + 1)
        case "[": return array(depth: depth + 1)
        case "\"": return string().map(Tree.string)
        case "t": return take("true") ? .bool(true) : nil
        case "f": return take("false") ? .bool(false) : nil
        case "n": return take("null") ? .null : nil
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> Tree? {
        var members: [(name: String, value: Tree)] = []
        _ = take("{")
        space()
        if take("}") { return .object([]) }
        repeat {
            space()
            guard let name = string() else { return nil }
            space()
            guard take(":"), let value = value(depth: depth) else { return nil }
            members.append((name, value))
            space()
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> Tree? {
        var elements: [Tree] = []
        _ = take("[")
        space()
        if take("]") { return .array([]) }
        repeat {
            guard let element = value(depth: depth) else { return nil }
            elements.append(element)
            space()
        } while take(",")
        return take("]") ? .array(elements) : nil
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var text = String.UnicodeScalarView()
        while let scalar = next {
            place += 1
            switch scalar {
            case "\"": return String(text)
            case "\\":
                guard let escaped = escape() else { return nil }
                text.append(escaped)
            case _ where scalar.value < 0x20: return nil
            default: text.append(scalar)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        let plain: [Unicode.Scalar: Unicode.Scalar] = [
            "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
        ]
        guard let scalar = next else { return nil }
        place += 1
        guard scalar == "u" else { return plain[scalar] }
        guard let high = hexadecimal() else { return nil }
        guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
        guard take("\\u"), let low = hexadecimal(), (0xDC00..<0xE000).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00))
    }

    private mutating func hexadecimal() -> UInt32? {
        guard place + 4 <= scalars.count else { return nil }
        let digits = scalars[place..<place + 4]
        place += 4
        guard digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
        return UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
    }

    private mutating func number() -> Tree? {
        let start = place
        func isDigit(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { ("0"..."9").contains($0) } ?? false }
        func digits(_ reader: inout TreeReader) -> Bool {
            guard isDigit(reader.next) else { return false }
            while isDigit(reader.next) { reader.place += 1 }
            return true
        }
        _ = take("-")
        if !take("0") && !digits(&self) { return nil }
        if take(".") && !digits(&self) { return nil }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits(&self) else { return nil }
        }
        return .number(String(String.UnicodeScalarView(scalars[start..<place])))
    }
}

extension Tree {
    /// Nil for a text that is not JSON.
    public init?(_ text: String) {
        guard let tree = TreeReader.read(text) else { return nil }
        self = tree
    }

    /// The value as JSON in one line, ASCII only.
    public var text: String {
        switch self {
        case .object(let members):
            "{" + members.map { Tree.quoted($0.name) + ":" + $0.value.text }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .string(let string): Tree.quoted(string)
        case .number(let digits): digits
        case .bool(let bool): bool ? "true" : "false"
        case .null: "null"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x20..<0x7F: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
}
