public import Formats

/// A value in a token or in a provider's documents.
public indirect enum Claim: Sendable, Hashable {
    case text(String)
    /// As written.
    case number(String)
    case flag(Bool)
    case none
    case list([Claim])
    case object([String: Claim])

    /// How deep a value may be.
    private static let depth = 16

    /// Reads a JSON object. A name that is given twice is refused: readers differ in which of the two they take.
    public static func members(_ json: [UInt8]) throws(JSONError) -> [String: Claim] {
        var reader = JSONReader(json, depthLimit: depth)
        let members = try object(&reader)
        try reader.finish()
        return members
    }

    private static func object(_ reader: inout JSONReader) throws(JSONError) -> [String: Claim] {
        var members: [String: Claim] = [:]
        var names = JSONKeys()
        try reader.beginObject()
        while let name = try reader.nextKey() {
            try names.note(name, at: reader.keyOffset)
            members[name] = try value(&reader)
        }
        return members
    }

    private static func value(_ reader: inout JSONReader) throws(JSONError) -> Claim {
        switch try reader.peek() {
        case .string: return .text(try reader.readString())
        case .number: return .number(try reader.readNumberText())
        case .bool: return .flag(try reader.readBool())
        case .null:
            try reader.readNull()
            return .none
        case .object: return .object(try object(&reader))
        case .array:
            var list: [Claim] = []
            try reader.beginArray()
            while try reader.nextElement() { list.append(try value(&reader)) }
            return .list(list)
        }
    }

    /// Nil for anything but a text.
    public var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    /// A text, or a list of nothing else.
    public var texts: [String]? {
        switch self {
        case .text(let text): return [text]
        case .list(let list):
            let texts = list.compactMap(\.text)
            return texts.count == list.count ? texts : nil
        default: return nil
        }
    }

    /// As a condition key shows it: texts, numbers and flags; nil for what has parts.
    public var shown: String? {
        switch self {
        case .text(let text): text
        case .number(let number): number
        case .flag(let flag): flag ? "true" : "false"
        case .none, .list, .object: nil
        }
    }

    /// A time in seconds since 1970. A fraction is cut off.
    public var seconds: Int64? {
        guard case .number(let text) = self else { return nil }
        let whole = text.prefix { $0 != "." }
        guard !text.contains("e"), !text.contains("E"), whole.utf8.count <= 12 else { return nil }
        return Int64(whole)
    }
}
