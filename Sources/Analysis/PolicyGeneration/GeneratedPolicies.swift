/// What a generation gives: the documents, and what to know of them.
public struct GeneratedPolicies: Sendable {
    /// Usually one; more where one would be too long. None where nothing was used that needs leave.
    public let documents: [GeneratedPolicy]
    /// What each action's uses had in common, applied or not.
    public let suggestions: [ActionSuggestion]
    /// Patterns that stand for more than was used, each once, in byte order.
    public let generalisations: [Generalisation]
    /// Actions allowed on `*`: policies can name no resource for them, or none of the kind that was used.
    public let actionsOnAll: [String]
    /// Actions whose resources the source did not name, so that the whole type is allowed.
    public let actionsOnUnnamed: [String]
    /// Actions that no record names but that were needed, such as `iam:PassRole`.
    public let inferredActions: [String]
    /// Actions that AWS's reference does not list: allowed as they were asked.
    public let unknownActions: [String]
    public let uses: [Use]

    /// Conditions of one or several actions.
    public struct ActionSuggestion: Sendable {
        public let actions: [String]
        public let condition: ConditionSuggestion
    }

    init(documents: [GeneratedPolicy], plans: [ActionPlan], uses: [Use]) {
        (self.documents, self.uses) = (documents, uses)
        var byCondition: [ConditionSuggestion: [String]] = [:]
        for plan in plans {
            for condition in plan.suggestions { byCondition[condition, default: []].append(plan.action.name) }
        }
        suggestions = byCondition.map { ActionSuggestion(actions: $0.value.sorted(), condition: $0.key) }
            .sorted { ($0.condition.key, $0.actions.joined()) < ($1.condition.key, $1.actions.joined()) }
        var counts: [ExactText: Int] = [:]
        for each in plans.flatMap(\.generalisations) {
            counts[ExactText(each.pattern)] = max(counts[ExactText(each.pattern)] ?? 0, each.count)
        }
        generalisations = counts.sorted { $0.key < $1.key }.map {
            Generalisation(pattern: $0.key.text, count: $0.value)
        }
        func names(_ isMeant: (ActionPlan) -> Bool) -> [String] { plans.filter(isMeant).map(\.action.name) }
        actionsOnAll = names { $0.resources == ["*"] }
        actionsOnUnnamed = names { plan in
            plan.uses.contains { if case .oneOf = $0.resource { true } else { false } }
        }
        inferredActions = names { plan in plan.uses.contains(where: \.isInferred) }
        unknownActions = names { $0.action.entry == nil }
    }
}
