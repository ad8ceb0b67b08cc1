/// The members of a structure, in the model's order, as codecs and the validator need them.
///
/// Written as one text in the generated source and parsed when first used, so that a service costs nothing at start.
public final class Schema: Sendable {
    /// The model's name of the structure.
    public let name: String
    public let members: [MemberSchema]
    /// The member that is the whole body of a REST message.
    public let payload: Int?
    /// A structure of which exactly one member may be given.
    public let isUnion: Bool
    /// Positions of the required members.
    public let required: [Int]
    /// Whether any member travels outside the body.
    public let hasBindings: Bool
    /// Whether any member is an attribute of the element rather than an element in it.
    public let hasAttributes: Bool

    /// - Parameter text: one line a member, as `SchemaText` tells.
    public init(_ name: String, _ text: StaticString, isUnion: Bool = false) {
        var reader = SchemaText(text)
        let members = reader.members(depth: 0)
        self.name = name
        self.members = members
        self.isUnion = isUnion
        payload = members.firstIndex { $0.isPayload }
        required = members.indices.filter { members[$0].isRequired }
        hasBindings = members.contains { $0.location != .body }
        hasAttributes = members.contains { $0.isAttribute }
    }

    /// The member of that name on the wire, looked for from `hint` on, because members mostly come in the model's order.
    public func index(wireName bytes: ArraySlice<UInt8>, from hint: Int = 0) -> Int? {
        let count = members.count
        var index = hint < count ? hint : 0
        for _ in 0..<count {
            if members[index].wireBytes.count == bytes.count, members[index].wireBytes.elementsEqual(bytes) {
                return index
            }
            index = index + 1 < count ? index + 1 : 0
        }
        return nil
    }

    /// The member of that name in the model.
    public func index(named name: String) -> Int? { members.firstIndex { $0.name == name } }
}
