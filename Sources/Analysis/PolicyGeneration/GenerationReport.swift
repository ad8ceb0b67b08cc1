public import Formats
import World

/// A generation as people and tools read it: the policies, notes on them, and for tools what each statement stands for.
public struct GenerationReport: Sendable {
    /// Compact JSON documents.
    public let policies: [[UInt8]]
    /// One line each.
    public let notes: [String]
    /// The whole report as a compact JSON object.
    public let json: [UInt8]

    /// - Parameter conditions: whether those that are possible were applied.
    public init(_ generated: GeneratedPolicies, _ recorded: RecordedUses, conditions: GenerationOptions.Conditions) {
        policies = generated.documents.map(\.compact)
        notes = GenerationNotes(generated, recorded, conditions).lines
        var json = JSONWriter(reserving: 4096)
        json.beginObject()
        json.key("policies")
        json.beginArray()
        for policy in policies { json.raw(policy) }
        json.endArray()
        GenerationReport.write("notes", notes, to: &json)
        json.key("statements")
        json.beginArray()
        for (index, document) in generated.documents.enumerated() {
            for statement in document.statements { GenerationReport.write(statement, of: index, to: &json) }
        }
        json.endArray()
        GenerationReport.write(generated.suggestions, to: &json)
        json.key("refused")
        json.beginArray()
        for use in recorded.refused.gathered() { GenerationReport.write(use, to: &json) }
        json.endArray()
        json.endObject()
        self.json = json.bytes
    }

    /// Reads a report that another process wrote.
    public init(json: [UInt8]) throws(JSONError) {
        var reader = JSONReader(json)
        var (policies, notes): ([[UInt8]], [String]) = ([], [])
        try reader.beginObject()
        while let key = try reader.nextKey() {
            guard ["policies", "notes"].contains(key) else {
                try reader.skipValue()
                continue
            }
            try reader.beginArray()
            while try reader.nextElement() {
                if key == "policies" {
                    let range = try reader.captureValue()
                    policies.append(Array(json[range]))
                } else {
                    notes.append(try reader.readString())
                }
            }
        }
        try reader.finish()
        (self.policies, self.notes, self.json) = (policies, notes, json)
    }

    private static func write(_ key: String, _ values: [String], to json: inout JSONWriter) {
        json.key(key)
        json.beginArray()
        for value in values { json.string(value) }
        json.endArray()
    }

    private static func write(_ statement: GeneratedStatement, of policy: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.key("policy")
        json.integer(policy + 1)
        json.member("sid", statement.sid)
        json.key("uses")
        json.beginArray()
        for use in statement.uses { write(use, to: &json) }
        json.endArray()
        json.endObject()
    }

    private static func write(_ use: Use, to json: inout JSONWriter) {
        json.beginObject()
        json.member("action", use.action)
        json.member("resource", use.resource.description)
        json.key("count")
        json.integer(use.count)
        json.member("first", use.first.iso8601)
        json.member("last", use.last.iso8601)
        json.endObject()
    }

    private static func write(_ suggestions: [GeneratedPolicies.ActionSuggestion], to json: inout JSONWriter) {
        json.key("conditions")
        json.beginArray()
        for suggestion in suggestions {
            json.beginObject()
            json.member("operator", suggestion.condition.operatorName)
            json.member("key", suggestion.condition.key)
            write("values", suggestion.condition.values, to: &json)
            write("actions", suggestion.actions, to: &json)
            json.endObject()
        }
        json.endArray()
    }
}

/// What to know of generated policies, in lines.
struct GenerationNotes {
    private(set) var lines: [String] = []

    init(_ generated: GeneratedPolicies, _ recorded: RecordedUses, _ conditions: GenerationOptions.Conditions) {
        let calls = generated.uses.reduce(0) { $0 + $1.count }
        let times = (generated.uses.map(\.first).min(), generated.uses.map(\.last).max())
        if let first = times.0, let last = times.1 {
            lines.append(
                "\(recorded.recordCount) records, \(calls) uses from \(first.iso8601) to \(last.iso8601); the engine allows "
                    + "each of them under exactly what is printed.")
        } else {
            lines.append("\(recorded.recordCount) records, and nothing used that needs a policy's leave.")
        }
        for each in generated.generalisations {
            lines.append("\(each.pattern) stands for \(each.count) that were used.")
        }
        list("No policy can name a resource for", generated.actionsOnAll)
        list(
            "The records do not say which resource, so any of the type in the account is allowed:",
            generated.actionsOnUnnamed)
        list("No record says so, but it was needed:", generated.inferredActions)
        list("AWS's reference does not list:", generated.unknownActions)
        for use in recorded.refused.gathered() {
            lines.append("Refused, and not allowed here: \(use) (\(use.count) times).")
        }
        for (event, count) in recorded.unknownEvents.sorted(by: { $0.key < $1.key }) {
            lines.append("Left out, for no action is known of it: \(event) (\(count) times).")
        }
        for suggestion in generated.suggestions {
            let condition = suggestion.condition
            let word = conditions == .suggested ? "Condition applied" : "Condition possible (--conditions)"
            lines.append(
                "\(word): \(condition.operatorName) \(condition.key) \(condition.values.joined(separator: ", ")) for "
                    + GenerationNotes.brief(suggestion.actions))
        }
    }

    private mutating func list(_ what: String, _ actions: [String]) {
        if !actions.isEmpty { lines.append("\(what) \(actions.joined(separator: ", ")).") }
    }

    private static func brief(_ actions: [String]) -> String {
        actions.count > 4 ? "\(actions.count) actions" : actions.joined(separator: ", ")
    }
}
