import Authorization
import IAMAPI

/// The context entries of a request, checked: the type says whether a key is multivalued, and what its values look like.
/// - Source: IAM API Reference, "ContextEntry".
struct SimulationContext {
    private var values: [(key: ConditionKey, value: ContextValue)] = []
    private(set) var keys: Set<ConditionKey> = []

    init(_ entries: [IAM.ContextEntry]) throws {
        for entry in entries {
            // An entry without any part leaves no trace in a request.
            if entry.contextKeyName == nil, entry.contextKeyType == nil, (entry.contextKeyValues ?? []).isEmpty {
                continue
            }
            try add(entry)
        }
    }

    private mutating func add(_ entry: IAM.ContextEntry) throws {
        guard let name = entry.contextKeyName, !name.isEmpty else {
            throw invalid("ContextKeyName cannot be null or empty.")
        }
        guard keys.insert(ConditionKey(name)).inserted else { throw invalid("Duplicate context key: \(name).") }
        guard let type = entry.contextKeyType?.rawValue else {
            throw invalid("Context key \(name) has invalid type null.")
        }
        guard let texts = entry.contextKeyValues, !texts.isEmpty else {
            throw invalid("Context values for context key \(name) cannot be null or empty.")
        }
        let isList = type.hasSuffix("List")
        guard isList || texts.count == 1 else {
            throw invalid("Context key \(type) expected a single value, but received \(texts.count).")
        }
        let (format, title) = SimulationContext.format(isList ? String(type.dropLast("List".count)) : type)
        for text in texts where !format.accepts(text) {
            throw invalid("Invalid context value for key \(name): expected \(title).")
        }
        values.append((ConditionKey(name), isList ? .multiple(texts) : .single(texts[0])))
    }

    /// With what errors call the format. The model lets no other type through.
    private static func format(_ type: String) -> (ContextValueFormat, String) {
        switch type {
        case "numeric": (.numeric, "numeric format")
        case "boolean": (.boolean, "boolean format")
        case "ip": (.ip, "IP address")
        case "binary": (.binary, "base-64 encoded binary format")
        case "date": (.date, "DateTime format")
        default: (.string, "string format")
        }
    }

    /// These values, and the defaults of keys not among them.
    func context(with defaults: [(key: String, value: String)]) -> RequestContext {
        var context = RequestContext(expecting: values.count + defaults.count)
        for (key, value) in defaults { context.set(key, value) }
        for (key, value) in values { context.set(key, value) }
        return context
    }
}
