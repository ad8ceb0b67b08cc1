/// A JSON value: what vectors are made of. Members keep their order and their repetitions.
public indirect enum Tree: Sendable {
    case object([(name: String, value: Tree)])
    case array([Tree])
    case string(String)
    /// As it was written.
    case number(String)
    case bool(Bool)
    case null

    /// Nil for an absent member and for null.
    public subscript(_ name: String) -> Tree? {
        guard case .object(let members) = self, let found = members.first(where: { $0.name.isText(name) })?.value
        else { return nil }
        if case .null = found { return nil }
        return found
    }

    public var members: [(name: String, value: Tree)] { if case .object(let members) = self { members } else { [] } }
    public var elements: [Tree] { if case .array(let elements) = self { elements } else { [] } }
    public var string: String? { if case .string(let string) = self { string } else { nil } }
    public var isTrue: Bool { if case .bool(let bool) = self { bool } else { false } }

    /// The text of a value that stands where a text is wanted: numbers and booleans count as theirs. Specification 2.1.
    var scalar: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let bool): bool ? "true" : "false"
        default: nil
        }
    }

    /// A list, or one value in its place. Specification 2.1.
    var list: [Tree] { if case .array(let elements) = self { elements } else { [self] } }

    /// A case as a vector that wants this verdict.
    public func expecting(_ verdict: Verdict) -> Tree {
        with(
            "expected",
            .object([("decision", .string(verdict.decision)), ("by", .string(verdict.layer))]))
    }

    /// The same value with one member set, or left out for nil.
    public func with(_ name: String, _ value: Tree?) -> Tree {
        var members = self.members
        let place = members.firstIndex { $0.name.isText(name) }
        switch (place, value) {
        case (let place?, let value?): members[place].value = value
        case (let place?, nil): members.remove(at: place)
        case (nil, let value?): members.append((name, value))
        case (nil, nil): break
        }
        return .object(members)
    }
}
