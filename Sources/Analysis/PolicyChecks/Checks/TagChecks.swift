import Catalogue

/// Conditions on tags, for actions whose requests do not carry those tags: the condition never holds.
/// - Source: IAM User Guide, "Controlling access to AWS resources using tags"; Service Authorization Reference.
enum TagChecks {
    static func check(_ examination: Examination, _ report: inout Report) {
        for statement in examination.statements where statement.isAllow || statement.isDeny {
            guard let list = statement.action else { continue }
            for condition in statement.conditions where isTag(condition) { check(condition, list, statement, &report) }
        }
    }

    /// A tag of the resource, which must be there for the condition to hold.
    private static func isTag(_ condition: ConditionOutline) -> Bool {
        condition.keyName.hasPrefix("aws:resourcetag/") && condition.operation.family == .string
            && !condition.operation.isNegated && !condition.operation.hasIfExists
            && condition.operation.qualifier != "ForAllValues"
    }

    private static func check(
        _ condition: ConditionOutline, _ list: TextList, _ statement: StatementOutline, _ report: inout Report
    ) {
        let key = condition.key.text
        guard !list.isNegated else {
            report.add(
                statement.isDeny
                    ? .denyNotactionWithUnsupportedTagConditionKeyForService
                    : .allowNotactionWithUnsupportedTagConditionKeyForService,
                "NotAction covers actions whose requests never have \(key); the statement does not \(statement.isDeny ? "deny" : "allow") those.",
                mend: "List in Action the actions that support the key.", at: list.name.place, condition.key.place)
            return
        }
        let strangers = list.entries.filter { entry in
            let action = ActionName(entry.text)
            guard let service = action.service, action.hasColon else { return false }
            let matched = action.matched
            return !matched.isEmpty && !matched.contains { ConditionKeyFacts.belongs(key, to: $0, of: service) }
        }
        guard !strangers.isEmpty else { return }
        let services = Set(strangers.map { ActionName($0.text).prefix }).sorted().joined(separator: ", ")
        report.add(
            statement.isDeny
                ? .denyWithUnsupportedTagConditionKeyForService : .allowWithUnsupportedTagConditionKeyForService,
            "Requests for \(strangers.map(\.text).joined(separator: ", ")) (services \(services)) never have \(key), so the statement does not \(statement.isDeny ? "deny" : "allow") them.",
            mend: "Move them to a statement without this condition.",
            at: strangers.map(\.place) + [condition.key.place])
    }
}
