/// One statement, read for evaluation. A class, so that walking over statements copies one reference each.
final class CompiledStatement: Sendable {
    let isDeny: Bool
    let sid: String?
    /// Nil in policies without principals.
    let principals: [PrincipalPattern]?
    let isNotPrincipal: Bool
    let actions: [ActionPattern]
    let isNotAction: Bool
    /// Nil in trust policies: the role itself is meant.
    let resources: [ResourcePattern]?
    let isNotResource: Bool
    let conditions: [CompiledCondition]

    init(_ statement: PolicyStatement, version: PolicyDocument.Version, kind: PolicyKind) {
        isDeny = statement.effect == "Deny"
        sid = statement.sid
        let element = statement.principal ?? statement.notPrincipal
        principals = element.map { $0.isBareStar ? [.everyone] : $0.mentions.map(PrincipalPattern.init) }
        isNotPrincipal = statement.notPrincipal != nil
        actions = (statement.action ?? statement.notAction ?? []).map(ActionPattern.init)
        isNotAction = statement.notAction != nil
        let hasVariables = version == .v2012
        resources = (statement.resource ?? statement.notResource)?.map {
            ResourcePattern($0, variables: hasVariables, shortForm: kind.shortForm)
        }
        isNotResource = statement.notResource != nil
        conditions = statement.condition.map { element in
            guard let condition = CompiledCondition(element, variables: hasVariables) else {
                preconditionFailure("the reader lets known operators through only")
            }
            return condition
        }
    }

    /// What an action must begin with to be covered, one of them.
    var actionPrefixes: [Prefix] { isNotAction ? [.none] : actions.compactMap(\.prefix) }

    /// What a resource must begin with to be covered, one of them.
    var resourcePrefixes: [Prefix] {
        guard let resources, !isNotResource else { return [.none] }
        return resources.compactMap(\.prefix)
    }

    func covers(_ action: ActionName) -> Bool {
        for index in actions.indices where actions[index].matches(action) { return !isNotAction }
        return isNotAction
    }

    func covers(_ resource: ResourceName, in context: borrowing RequestContext) -> Bool {
        guard let resources else { return true }
        for index in resources.indices where resources[index].matches(resource, in: context) { return !isNotResource }
        return isNotResource
    }

    func conditionsHold(in context: borrowing RequestContext) -> Bool {
        for index in conditions.indices where !conditions[index].holds(in: context, underDeny: isDeny) { return false }
        return true
    }
}
