import Formats
import World

/// Reads a form's policy. Names of its two members count with their case, names of fields and conditions do not.
struct PostPolicyReader {
    private var reader: JSONReader
    private var conditions: [PostPolicy.Condition] = []
    private var sizes: (least: Int64, most: Int64) = (0, .max)

    private static let depthLimit = 8

    init(_ bytes: [UInt8]) {
        reader = JSONReader(PostPolicyReader.plain(bytes), depthLimit: PostPolicyReader.depthLimit)
    }

    /// Policies may have two escapes that JSON does not: `\$` and `\v`.
    private static func plain(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "\\")) else { return bytes }
        var plain: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
                plain.append(byte)
                continue
            }
            switch next {
            case UInt8(ascii: "$"): plain.append(next)
            case UInt8(ascii: "v"): plain += "\\u000b".utf8
            default: plain += [byte, next]
            }
        }
        return plain
    }

    mutating func policy() throws -> PostPolicy {
        var expiration: Instant?
        var hasConditions = false
        var keys = JSONKeys()
        try reader.beginObject()
        while let name = try reader.nextKey() {
            try keys.note(name, at: reader.keyOffset)
            switch name {
            case "expiration": expiration = try time()
            case "conditions":
                hasConditions = true
                try readConditions()
            default: throw PostPolicy.Refused.invalid("Unexpected: '\(name)'.")
            }
        }
        try reader.finish()
        guard let expiration else { throw PostPolicy.Refused.invalid("Policy missing expiration.") }
        guard hasConditions else { throw PostPolicy.Refused.invalid("Policy missing conditions.") }
        return PostPolicy(expiration: expiration, conditions: conditions, sizes: sizes)
    }

    private mutating func time() throws -> Instant {
        let text = try reader.readString()
        guard text.utf8.count > 10, let instant = Instant(iso8601: text) else {
            throw PostPolicy.Refused.invalid("Invalid 'expiration' value: '\(text)'")
        }
        return instant
    }

    private mutating func readConditions() throws {
        try reader.beginArray()
        while try reader.nextElement() {
            switch try reader.peek() {
            case .object: try simple()
            case .array: try list()
            default: throw PostPolicy.Refused.invalid("Invalid Condition: must be an object or a list.")
            }
        }
    }

    /// `{"acl": "public-read"}`.
    private mutating func simple() throws {
        var pairs: [(String, String)] = []
        try reader.beginObject()
        while let name = try reader.nextKey() {
            guard try reader.peek() == .string else {
                throw PostPolicy.Refused.invalid("Invalid Simple-Condition: value must be a string.")
            }
            pairs.append((name, try reader.readString()))
        }
        guard let (name, value) = pairs.first, pairs.count == 1 else {
            throw PostPolicy.Refused.invalid(
                "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
        }
        conditions.append(PostPolicy.Condition(kind: .equal, field: name, value: value))
    }

    /// `["starts-with", "$key", "user/"]`, `["content-length-range", 1, 100]`.
    private mutating func list() throws {
        try reader.beginArray()
        guard try reader.nextElement(), try reader.peek() == .string else { throw Self.incomplete }
        let word = try reader.readString().lowercased()
        if word == "content-length-range" { return try range() }
        guard let kind = PostPolicy.Condition.Kind(rawValue: word) else {
            throw PostPolicy.Refused.invalid("Invalid Condition: unknown operation '\(word)'.")
        }
        let (name, value) = (try text(), try text())
        guard try !reader.nextElement() else { throw Self.incomplete }
        guard name.hasPrefix("$"), name.utf8.count > 1 else {
            throw PostPolicy.Refused.invalid("Invalid Condition: the field '\(name)' must begin with a dollar sign.")
        }
        conditions.append(PostPolicy.Condition(kind: kind, field: String(name.dropFirst()), value: value))
    }

    private mutating func text() throws -> String {
        guard try reader.nextElement(), try reader.peek() == .string else { throw Self.incomplete }
        return try reader.readString()
    }

    /// Of several ranges all hold.
    private mutating func range() throws {
        let (least, most) = (try size(), try size())
        guard try !reader.nextElement() else { throw Self.incomplete }
        guard least >= 0, least <= most else {
            throw PostPolicy.Refused.invalid("Invalid content-length-range: from \(least) to \(most).")
        }
        sizes = (max(sizes.least, least), min(sizes.most, most))
    }

    private mutating func size() throws -> Int64 {
        guard try reader.nextElement() else { throw Self.incomplete }
        switch try reader.peek() {
        case .number: return try reader.readInt64()
        case .string:
            guard let number = Int64(try reader.readString()) else { throw Self.incomplete }
            return number
        default: throw Self.incomplete
        }
    }

    private static let incomplete = PostPolicy.Refused.invalid("Invalid Condition: wrong number or kind of elements.")
}
