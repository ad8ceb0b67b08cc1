import Catalogue

/// What a policy must say about one action.
struct ActionPlan: Sendable {
    let action: KnownAction
    let uses: [Use]
    let resources: [String]
    let generalisations: [Generalisation]
    let suggestions: [ConditionSuggestion]
}

/// Puts actions of one service that act on the same resources under the same conditions into one statement.
enum StatementPlan {
    private struct Key: Hashable {
        let prefix: String
        let resources: [ExactText]
        let conditions: [ConditionSuggestion]
    }

    /// In the order of services, then of resources.
    static func statements(_ plans: [ActionPlan], conditions: GenerationOptions.Conditions) -> [GeneratedStatement] {
        var groups: [Key: [ActionPlan]] = [:]
        for plan in plans {
            let key = Key(
                prefix: plan.action.prefix, resources: plan.resources.map { ExactText($0) },
                conditions: conditions == .suggested ? plan.suggestions : [])
            groups[key, default: []].append(plan)
        }
        let statements = groups.map { key, plans in
            GeneratedStatement(
                sid: SidName.make(plans), actions: plans.map(\.action.name).sorted(),
                resources: key.resources.map(\.text),
                conditions: key.conditions, uses: plans.sorted { $0.action.name < $1.action.name }.flatMap(\.uses))
        }
        return statements.sorted { $0.order < $1.order }
    }
}

extension GeneratedStatement {
    /// Services first, then what it is about, then what it does.
    fileprivate var order: ExactText {
        ExactText(
            ([actions[0].prefix { $0 != ":" }.description] + resources + ["\u{0}"] + actions).joined(separator: "\u{0}")
        )
    }
}

/// Names of statements that say what they are for: `S3ReadObject`, `IAMWriteUser`.
enum SidName {
    static func make(_ plans: [ActionPlan]) -> String {
        let prefix = plans[0].action.prefix
        let service = prefix.count <= 3 ? prefix.uppercased() : capitalised(prefix)
        return service + verb(plans) + kind(plans)
    }

    private static func verb(_ plans: [ActionPlan]) -> String {
        let levels = Set(plans.flatMap { $0.action.entry?.levels ?? [.write] })
        if levels.contains(.permissionsManagement) { return "Manage" }
        if levels.contains(.write) || levels.contains(.tagging) { return "Write" }
        return levels == [.list] ? "List" : "Read"
    }

    /// The type of the resources, if they are of one.
    private static func kind(_ plans: [ActionPlan]) -> String {
        let types = Set(
            plans.flatMap { plan in
                plan.resources.map { resource in
                    ResourceTemplate.best(for: resource, among: plan.action.templates)?.template.type ?? ""
                }
            })
        return types.count == 1 ? capitalised(types.first ?? "") : ""
    }

    /// Letters and digits only, each word with a capital.
    private static func capitalised(_ text: String) -> String {
        text.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined()
    }

    /// Makes each name the only one, by a number where there are several.
    static func number(_ statements: inout [GeneratedStatement]) {
        var counts: [String: Int] = [:]
        for statement in statements { counts[statement.sid, default: 0] += 1 }
        var seen: [String: Int] = [:]
        for index in statements.indices {
            let name = statements[index].sid
            guard counts[name] ?? 0 > 1 else { continue }
            seen[name, default: 0] += 1
            // A service's name may end in a digit, so the number stands apart.
            statements[index].sid = name + "Part\(seen[name] ?? 0)"
        }
    }
}
