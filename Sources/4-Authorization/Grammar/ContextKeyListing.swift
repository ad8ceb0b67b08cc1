extension PolicyDocument {
    /// The condition keys that the document refers to, in conditions and variables, as written and each once.
    /// - Source: IAM API Reference, "GetContextKeysForCustomPolicy".
    public var contextKeys: [String] {
        var seen: Set<ConditionKey> = []
        return statements.flatMap { $0.contextKeys(in: version) }.filter { seen.insert(ConditionKey($0)).inserted }
    }
}

extension PolicyStatement {
    /// The condition keys that the statement refers to, as written, repeated where it repeats them.
    func contextKeys(in version: PolicyDocument.Version?) -> [String] {
        func variables(_ texts: [String]) -> [String] {
            version == .v2012 ? texts.flatMap(PolicyVariables.names) : []
        }
        return variables(resource ?? notResource ?? []) + condition.flatMap { [$0.key] + variables($0.values) }
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
