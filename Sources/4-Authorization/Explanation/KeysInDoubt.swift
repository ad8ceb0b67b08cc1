extension PolicySet {
    /// The condition keys that could have led to another answer: of statements for the question's action and caller whose
    /// conditions do not hold, every key that `isGiven` does not vouch for. As written, each once, in the order of the text.
    ///
    /// The resource is not asked about: AWS's simulator names keys of statements on other resources too, as observed.
    /// - Source: IAM API Reference, "EvaluationResult", MissingContextValues.
    public func keysInDoubt(
        for question: Question, in context: RequestContext, isGiven: (ConditionKey) -> Bool
    ) -> [String] {
        var seen: Set<ConditionKey> = []
        var names: [String] = []
        for layer in Layer.allCases where applies(layer, to: question) {
            for named in levels(of: layer).joined() {
                for (statement, written) in zip(named.policy.statements, named.policy.document.statements)
                where statement.covers(question.action)
                    && !statement.reach(question.subject, hasBoundary: bounds(question.subject)).isEmpty
                    && !statement.conditionsHold(in: context)
                {
                    for name in written.contextKeys(in: named.policy.document.version) {
                        let key = ConditionKey(name)
                        if !isGiven(key), seen.insert(key).inserted { names.append(name) }
                    }
                }
            }
        }
        return names
    }
}
