/// Writes a structure's schema in the text form that `Smithy.SchemaText` reads.
struct SchemaWriter {
    let graph: ShapeGraph

    func lines(of structure: ModelShape) throws -> [String] {
        try structure.members.flatMap { member in
            try lines(
                of: member, isRequired: structure.required.contains(member.name),
                isPayload: structure.payload == member.name, depth: 0)
        }
    }

    private func lines(of member: ModelMember, isRequired: Bool, isPayload: Bool, depth: Int) throws -> [String] {
        let shape = try graph.shape(member.shape)
        var words = [member.name + (isRequired ? "!" : ""), kind(member, shape)]
        let isFlattened = shape.isFlattened || member.isFlattened
        if let place = place(member, shape, isFlattened: isFlattened) { words.append(place) }
        if isPayload { words.append("payload") }
        if isFlattened { words.append("flat") }
        if shape.isSensitive { words.append("sensitive") }
        if member.isToken { words.append("token") }
        if member.isHostLabel { words.append("host") }
        if member.isAttribute { words.append("attribute") }
        if let format = member.timestampFormat ?? shape.timestampFormat { words.append("time=\(format)") }
        if let namespace = member.xmlNamespace { words.append("ns=\(namespace)") }
        if let minimum = shape.minimum { words.append("min=\(minimum)") }
        if let maximum = shape.maximum { words.append("max=\(maximum)") }
        if let pattern = shape.pattern { words.append("pattern=\(pattern)") }
        let line = String(repeating: "  ", count: depth) + words.joined(separator: " ")
        let children = shape.kind == "list" || shape.kind == "map" ? [shape.element, shape.key, shape.value] : []
        return try [line]
            + children.compactMap { $0 }.flatMap {
                try lines(of: $0, isRequired: false, isPayload: false, depth: depth + 1)
            }
    }

    private func kind(_ member: ModelMember, _ shape: ModelShape) -> String {
        if member.isStreaming { return "stream" }
        switch shape.kind {
        case "structure": return "struct"
        case "string", "character": return shape.isEnumeration ? "enum" : "string"
        default: return shape.kind
        }
    }

    /// Where the member stands and under which name, if not in the body under its own.
    private func place(_ member: ModelMember, _ shape: ModelShape, isFlattened: Bool) -> String? {
        let name = member.locationName ?? member.name
        switch member.location {
        case "uri": return "uri=\(name)"
        case "querystring": return "query=\(name)"
        case "header": return "header=\(name)"
        case "headers": return "headers=\(name)"
        case "statusCode": return "status"
        default:
            // A flattened list has no element of its own: its entries bear the name of the list's element, if it has one.
            let wire = (isFlattened ? shape.element?.locationName : nil) ?? member.locationName
            guard let wire, wire != member.name else { return nil }
            return "name=\(wire)"
        }
    }
}
