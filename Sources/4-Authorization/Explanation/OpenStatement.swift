/// A statement that matches a question as far as is known, and whose remaining conditions nobody can tell.
public struct OpenStatement: Sendable {
    /// The kind of policy.
    public let layer: Layer
    /// Where the statement stands.
    public let index: StatementIndex
    /// As explanations name it.
    public let policyName: String
    /// The statement's Sid, where it has one.
    public let sid: String?
    /// Whether the statement denies.
    public let isDeny: Bool
    /// The conditions on keys that are not known.
    public let conditions: [PolicyCondition]
    /// Entries of Resource or NotResource with variables that are not known.
    public let resources: [String]
}

/// The statements that may or may not apply to the question, in the order of layers.
public func openStatements(
    _ question: Question, under policies: PolicySet, in context: RequestContext, knowing known: some KnownKeys
) -> [OpenStatement] {
    let hasBoundary = policies.bounds(question.subject)
    var found: [OpenStatement] = []
    for layer in Layer.allCases where policies.applies(layer, to: question) {
        for (level, list) in policies.levels(of: layer).enumerated() {
            for (number, named) in list.enumerated() {
                let place = StatementIndex(level: Int32(level), policy: Int32(number), statement: 0)
                found += openStatements(question, named, layer, place, context, known, hasBoundary)
            }
        }
    }
    return found
}

private func openStatements(
    _ question: Question, _ named: NamedPolicy, _ layer: Layer, _ place: StatementIndex, _ context: RequestContext,
    _ known: some KnownKeys, _ hasBoundary: Bool
) -> [OpenStatement] {
    let document = named.policy.document
    var found: [OpenStatement] = []
    // Under one of the two suppositions each open statement applies: allows under the one, denies under the other.
    for supposition in [Supposition.favourable, .unfavourable] {
        let supposed = named.policy.supposing(supposition, knowing: known)
        for (index, statement) in supposed.statements.enumerated() {
            let written = document.statements[index]
            let open = written.openConditions(document.version, known)
            let resources = (written.resource ?? written.notResource ?? []).filter {
                PolicyVariables.isOpen($0, document.version, known)
            }
            guard !open.isEmpty || !resources.isEmpty, statement.isDeny == (supposition == .unfavourable),
                question.matches(statement, context, hasBoundary: hasBoundary)
            else { continue }
            var at = place
            at.statement = Int32(index)
            found.append(
                OpenStatement(
                    layer: layer, index: at, policyName: named.name, sid: statement.sid, isDeny: statement.isDeny,
                    conditions: open, resources: resources))
        }
    }
    return found
}

extension PolicySet {
    /// All policies under a supposition.
    public func supposing(_ supposition: Supposition, knowing known: some KnownKeys) -> PolicySet {
        func suppose(_ named: NamedPolicy) -> NamedPolicy {
            NamedPolicy(named.policy.supposing(supposition, knowing: known), name: named.name, arn: named.arn)
        }
        var set = self
        set.identity = identity.map(suppose)
        set.boundary = boundary.map(suppose)
        set.session = session.map { $0.map(suppose) }
        set.scps = scps.map { $0.map { $0.map(suppose) } }
        set.rcps = rcps.map { $0.map { $0.map(suppose) } }
        set.endpoint = endpoint.map(suppose)
        set.resource = resource.map(suppose)
        return set
    }
}
