/// A member of a structure, the element of a list, or the key or value of a map.
public final class MemberSchema: Sendable {
    public enum Kind: String, Sendable {
        case string, enumeration = "enum", integer, long, boolean, double, float, timestamp, blob, stream
        case structure = "struct", list, map
    }

    /// Where a REST message carries the member.
    public enum Location: Sendable { case body, uri, query, header, headers, status }

    public enum TimestampFormat: String, Sendable { case iso8601, rfc822, unix = "unixTimestamp" }

    /// The model's name: `UserName`. A list's element is `member`; a map has `key` and `value`.
    public let name: String
    /// The name with its first letter lowered, as CloudTrail and validation messages write it: `userName`.
    public let lowerName: String
    /// The name on the wire in its location: element, key, query parameter, header, header prefix or label.
    public let wireName: String
    public let wireBytes: [UInt8]
    public let kind: Kind
    public let location: Location
    public let isRequired: Bool
    /// The member is the whole body.
    public let isPayload: Bool
    public let isSensitive: Bool
    /// Lists and maps without an element around them.
    public let isFlattened: Bool
    /// A client token that SDKs fill in.
    public let isIdempotencyToken: Bool
    /// The member is also a label of the host name.
    public let isHostLabel: Bool
    /// An XML attribute rather than an element.
    public let isAttribute: Bool
    /// Nil for the protocol's own form.
    public let timestampFormat: TimestampFormat?
    /// Length for strings, blobs, lists and maps; range for numbers. Inclusive.
    public let minimum, maximum: Int?
    /// A regular expression over the whole string, in Java's form.
    public let pattern: Pattern?
    public let xmlNamespace: String?
    /// A list's element; a map's key and value; empty for all else.
    public let children: [MemberSchema]

    /// A list's element or a map's value. Nil for all else.
    public var element: MemberSchema? { children.last }
    public var isConstrained: Bool { minimum != nil || maximum != nil || pattern != nil }

    init(_ line: SchemaLine, children: [MemberSchema]) {
        name = line.name
        lowerName = MemberSchema.lowered(line.name)
        wireName = line.wireName ?? line.name
        wireBytes = Array((line.wireName ?? line.name).utf8)
        kind = line.kind
        location = line.location
        isRequired = line.isRequired
        isPayload = line.flags.contains("payload")
        isSensitive = line.flags.contains("sensitive")
        isFlattened = line.flags.contains("flat")
        isIdempotencyToken = line.flags.contains("token")
        isHostLabel = line.flags.contains("host")
        isAttribute = line.flags.contains("attribute")
        timestampFormat = line.timestampFormat
        (minimum, maximum) = (line.minimum, line.maximum)
        pattern = line.pattern.map { source in
            guard let pattern = Pattern(source) else {
                preconditionFailure("the pattern of \(line.name) is not understood")
            }
            return pattern
        }
        xmlNamespace = line.xmlNamespace
        self.children = children
    }

    /// `userName`; `arn` where the name is an abbreviation altogether.
    private static func lowered(_ name: String) -> String {
        name.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
            ? name.lowercased() : name.prefix(1).lowercased() + name.dropFirst()
    }
}
