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
