extension PolicyDocument {
    /// The condition keys that the document refers to, in conditions and variables, as written and each once.
    /// - Source: IAM API Reference, "GetContextKeysForCustomPolicy".
    public var contextKeys: [String] {
        var seen: Set<ConditionKey> = []
        var result: [String] = []
        func note(_ name: String) {
            if seen.insert(ConditionKey(name)).inserted { result.append(name) }
        }
        for statement in statements {
            let resources = statement.resource ?? statement.notResource ?? []
            for variable in resources.flatMap(variables) { note(variable) }
            for condition in statement.condition {
                note(condition.key)
                for variable in condition.values.flatMap(variables) { note(variable) }
            }
        }
        return result
    }

    /// The names within `${…}`.
    private func variables(in text: String) -> [String] {
        guard version == .v2012 else { return [] }
        var names: [String] = []
        for piece in text.utf8.split(separator: UInt8(ascii: "$")).dropFirst(
            text.utf8.first == UInt8(ascii: "$") ? 0 : 1)
        {
            guard piece.first == UInt8(ascii: "{"), let end = piece.firstIndex(of: UInt8(ascii: "}")) else { continue }
            let name = piece[..<end].dropFirst().prefix { $0 != UInt8(ascii: ",") && $0 != 0x20 }
            if !name.isEmpty, !name.elementsEqual("*".utf8), !name.elementsEqual("?".utf8) {
                names.append(String(Substring(name)))
            }
        }
        return names
    }
}

extension CompiledPolicy {
    /// Every condition key that evaluating the policy may look at, in conditions and variables, each once: no other key of
    /// a request can bear on what the policy says.
    public var conditionKeys: [ConditionKey] {
        var seen: Set<ConditionKey> = []
        var keys: [ConditionKey] = []
        func note(_ key: ConditionKey) {
            if seen.insert(key).inserted { keys.append(key) }
        }
        for statement in statements {
            for pattern in statement.resources ?? [] { pattern.variables.forEach(note) }
            for condition in statement.conditions {
                note(condition.key)
                condition.variables.forEach(note)
            }
        }
        return keys
    }
}

extension TextPattern {
    /// The keys that variables stand for.
    var variables: [ConditionKey] {
        (template ?? []).compactMap { part in
            if case .variable(let key, _) = part { key } else { nil }
        }
    }
}

extension CompiledCondition {
    /// The keys that variables of the operands stand for.
    fileprivate var variables: [ConditionKey] {
        switch operands {
        case .texts(let patterns): patterns.flatMap(\.variables)
        case .lowercase(let operands): operands.flatMap(\.variables)
        case .arns(let operands): operands.flatMap(\.variables)
        case .numbers, .dates, .booleans, .binaries, .networks, .null: []
        }
    }
}

extension LowercaseOperand {
    fileprivate var variables: [ConditionKey] {
        switch self {
        case .fixed: []
        case .template(let pattern): pattern.variables
        }
    }
}

extension ARNOperand {
    fileprivate var variables: [ConditionKey] {
        switch self {
        case .parts, .notAnARN: []
        case .template(let pattern): pattern.variables
        }
    }
}
