import Formats

/// One statement of a generated policy: always an Allow.
public struct GeneratedStatement: Sendable {
    public internal(set) var sid: String
    /// In byte order, as the catalogue spells them.
    public let actions: [String]
    /// In byte order, in the policy language.
    public let resources: [String]
    /// In the order of operators and keys; empty unless conditions were asked for.
    public let conditions: [ConditionSuggestion]
    /// What it stands for.
    public let uses: [Use]

    /// The statement as compact JSON. In ASCII, for IAM takes no character above U+00FF as itself.
    /// - Source: IAM API Reference, "CreatePolicy", the pattern of PolicyDocument.
    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("Sid", sid)
        json.member("Effect", "Allow")
        GeneratedStatement.list("Action", actions, to: &json)
        GeneratedStatement.list("Resource", resources, to: &json)
        if !conditions.isEmpty { write(conditions, to: &json) }
        json.endObject()
        return JSONLayout.ascii(json.bytes)
    }

    private func write(_ conditions: [ConditionSuggestion], to json: inout JSONWriter) {
        json.key("Condition")
        json.beginObject()
        for name in Set(conditions.map(\.operatorName)).sorted() {
            json.key(name)
            json.beginObject()
            for condition in conditions where condition.operatorName == name {
                GeneratedStatement.list(condition.key, condition.values, to: &json)
            }
            json.endObject()
        }
        json.endObject()
    }

    /// One value by itself, several as a list.
    private static func list(_ key: String, _ values: [String], to json: inout JSONWriter) {
        json.key(key)
        if values.count == 1 {
            json.string(values[0])
        } else {
            json.beginArray()
            for value in values { json.string(value) }
            json.endArray()
        }
    }

    /// The same statement with some of its actions or resources; the uses stay those of the whole.
    func part(actions: [String]? = nil, resources: [String]? = nil) -> GeneratedStatement {
        GeneratedStatement(
            sid: sid, actions: actions ?? self.actions, resources: resources ?? self.resources, conditions: conditions,
            uses: uses)
    }
}
