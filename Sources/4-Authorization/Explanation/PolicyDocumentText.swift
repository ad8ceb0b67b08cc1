import Formats

extension PolicyDocument {
    /// The document as JSON, element by element: what is shown as an example, and what a changed policy is read from.
    var text: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        if let version { json.member("Version", version.rawValue) }
        if let id { json.member("Id", id) }
        json.key("Statement")
        json.beginArray()
        for statement in statements { statement.write(to: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }
}

extension PolicyStatement {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        if let sid { json.member("Sid", sid) }
        json.member("Effect", effect)
        PolicyStatement.write("Principal", principal, to: &json)
        PolicyStatement.write("NotPrincipal", notPrincipal, to: &json)
        PolicyStatement.write("Action", action, to: &json)
        PolicyStatement.write("NotAction", notAction, to: &json)
        PolicyStatement.write("Resource", resource, to: &json)
        PolicyStatement.write("NotResource", notResource, to: &json)
        writeCondition(to: &json)
        json.endObject()
    }

    private static func write(_ name: String, _ values: [String]?, to json: inout JSONWriter) {
        guard let values else { return }
        json.key(name)
        if values.count == 1 { return json.string(values[0]) }
        json.beginArray()
        for value in values { json.string(value) }
        json.endArray()
    }

    private static func write(_ name: String, _ element: PrincipalElement?, to json: inout JSONWriter) {
        guard let element else { return }
        json.key(name)
        if element.isBareStar { return json.string("*") }
        json.beginObject()
        for kind in PrincipalElement.Mention.Kind.allCases {
            let values = element.mentions.filter { $0.kind == kind }.map(\.value)
            if !values.isEmpty { write(kind.rawValue, values, to: &json) }
        }
        json.endObject()
    }

    private func writeCondition(to json: inout JSONWriter) {
        guard !condition.isEmpty else { return }
        json.key("Condition")
        json.beginObject()
        var names: [String] = []
        for item in condition where !names.contains(item.operatorName) { names.append(item.operatorName) }
        for name in names {
            json.key(name)
            json.beginObject()
            for item in condition where item.operatorName == name {
                PolicyStatement.write(item.key, item.values, to: &json)
            }
            json.endObject()
        }
        json.endObject()
    }
}

extension PolicyStatement {
    /// The statement as JSON.
    var text: String {
        var json = JSONWriter()
        write(to: &json)
        return json.text
    }
}
