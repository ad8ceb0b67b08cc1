/// One statement, read for evaluation.
struct CompiledStatement: Sendable {
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
        conditions = statement.condition.compactMap { CompiledCondition($0, variables: hasVariables) }
    }

    func covers(_ action: ActionName) -> Bool {
        for pattern in actions where pattern.matches(action) { return !isNotAction }
        return isNotAction
    }

    func covers(_ resource: ResourceName, in context: borrowing RequestContext) -> Bool {
        guard let resources else { return true }
        for pattern in resources where pattern.matches(resource, in: context) { return !isNotResource }
        return isNotResource
    }

    func conditionsHold(in context: borrowing RequestContext) -> Bool {
        for condition in conditions where !condition.holds(in: context, underDeny: isDeny) { return false }
        return true
    }
}
