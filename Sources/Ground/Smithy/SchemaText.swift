/// Reads the text of a schema. It is generated and checked in, so what does not parse is a fault of ours.
///
/// One line a member: name, `!` where required, kind, then what else is to be said, the pattern last:
///
///     UserName! string min=1 max=64 pattern=[\w+=,.@-]+
///     Tags list max=50
///       member struct
///
/// A list's element and a map's key and value follow, indented by two blanks.
struct SchemaText {
    private var lines: [Substring]
    private var position = 0

    init(_ text: StaticString) {
        lines = text.description.split(separator: "\n")
    }

    mutating func members(depth: Int) -> [MemberSchema] {
        var members: [MemberSchema] = []
        while position < lines.count {
            let indentation = lines[position].prefix { $0 == " " }.count
            guard indentation == depth * 2 else { break }
            let line = SchemaLine(lines[position].dropFirst(indentation))
            position += 1
            let children = line.kind == .list || line.kind == .map ? self.members(depth: depth + 1) : []
            members.append(MemberSchema(line, children: children))
        }
        return members
    }
}

/// One line of a schema's text, taken apart.
struct SchemaLine {
    private(set) var name: String
    private(set) var isRequired: Bool
    private(set) var kind: MemberSchema.Kind
    private(set) var wireName: String?
    private(set) var location = MemberSchema.Location.body
    private(set) var flags: Set<String> = []
    private(set) var timestampFormat: MemberSchema.TimestampFormat?
    private(set) var minimum: Int?
    private(set) var maximum: Int?
    private(set) var pattern: String?
    private(set) var xmlNamespace: String?

    init(_ text: Substring) {
        var rest = text
        let first = SchemaLine.word(&rest)
        isRequired = first.hasSuffix("!")
        name = isRequired ? String(first.dropLast()) : first
        let kindName = SchemaLine.word(&rest)
        guard let kind = MemberSchema.Kind(rawValue: kindName) else {
            preconditionFailure("a schema names the kind \(kindName)")
        }
        self.kind = kind
        while !rest.isEmpty {
            if rest.hasPrefix("pattern=") {
                pattern = String(rest.dropFirst(8))
                break
            }
            take(SchemaLine.word(&rest))
        }
    }

    private static func word(_ rest: inout Substring) -> String {
        let end = rest.firstIndex(of: " ") ?? rest.endIndex
        defer { rest = rest[end...].dropFirst() }
        return String(rest[..<end])
    }

    private mutating func take(_ word: String) {
        guard let equals = word.firstIndex(of: "=") else {
            if word == "status" { location = .status }
            flags.insert(word)
            return
        }
        let value = String(word[word.index(after: equals)...])
        switch word[..<equals] {
        case "min": minimum = Int(value)
        case "max": maximum = Int(value)
        case "time": timestampFormat = MemberSchema.TimestampFormat(rawValue: value)
        case "ns": xmlNamespace = value
        case "name": wireName = value
        case "uri": (location, wireName) = (.uri, value)
        case "query": (location, wireName) = (.query, value)
        case "header": (location, wireName) = (.header, value)
        case "headers": (location, wireName) = (.headers, value)
        default: preconditionFailure("a schema says \(word)")
        }
    }
}
