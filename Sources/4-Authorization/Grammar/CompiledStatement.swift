/// One statement, read for evaluation. A class, so that walking over statements copies one reference each.
final class CompiledStatement: Sendable {
    let isDeny: Bool
    /// Of a role's trust policy.
    let isTrust: Bool
    let sid: String?
    /// Nil in policies without principals.
    let principals: [PrincipalPattern]?
    let isNotPrincipal: Bool
    let actions: ActionPatterns
    let isNotAction: Bool
    /// Nil in trust policies: the role itself is meant.
    let resources: [ResourcePattern]?
    let isNotResource: Bool
    /// What a resource must begin with to be covered, one of them.
    let resourcePrefixes: Prefixes
    let conditions: [CompiledCondition]

    init(_ statement: PolicyStatement, version: PolicyDocument.Version, kind: PolicyKind) {
        (isDeny, isTrust) = (statement.effect == "Deny", kind == .trust)
        sid = statement.sid
        let element = statement.principal ?? statement.notPrincipal
        principals = element.map { $0.isBareStar ? [.everyone] : $0.mentions.map(PrincipalPattern.init) }
        isNotPrincipal = statement.notPrincipal != nil
        actions = ActionPatterns(statement.action ?? statement.notAction ?? [])
        isNotAction = statement.notAction != nil
        let hasVariables = version == .v2012
        resources = (statement.resource ?? statement.notResource)?.map {
            ResourcePattern($0, variables: hasVariables, shortForm: kind.shortForm)
        }
        isNotResource = statement.notResource != nil
        resourcePrefixes =
            statement.resource.map { texts in
                Prefixes(texts.compactMap { ResourcePattern.beginning(of: $0, shortForm: kind.shortForm) })
            } ?? .none
        conditions = statement.condition.map { element in
            guard let condition = CompiledCondition(element, variables: hasVariables) else {
                preconditionFailure("the reader lets known operators through only")
            }
            return condition
        }
    }

    /// What an action must begin with to be covered, one of them.
    var actionPrefixes: Prefixes { isNotAction ? .none : actions.prefixes }

    func covers(_ action: ActionName) -> Bool { actions.contains(action) != isNotAction }

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
