public import AWS
public import Authorization

/// What the simulation APIs of IAM evaluate: a caller with its policies, resources and context, asked action by action.
///
/// - Source: IAM API Reference, "SimulateCustomPolicy", "EvaluationResult"; details as observed at AWS.
public struct PolicySimulation: Sendable {
    /// Who calls.
    public var subject: Subject
    /// The policies, named as the answer names them (`SourcePolicyId`).
    public var policies: PolicySet
    public var context: RequestContext
    /// The keys that the request itself gave; all others can be missing.
    public var givenKeys: Set<ConditionKey>
    /// ARNs; none where the action is tried on everything (`*`).
    public var resources: [String]
    /// The account of resources whose ARN names none. Nil: the caller's own.
    public var resourceOwner: AccountID?

    /// The context is evaluated as the simulation APIs do it.
    public init(
        _ subject: Subject, _ policies: PolicySet, _ context: RequestContext, givenKeys: Set<ConditionKey>,
        resources: [String], resourceOwner: AccountID?
    ) {
        (self.subject, self.policies, self.givenKeys) = (subject, policies, givenKeys)
        self.context = context
        self.context.isSimulation = true
        (self.resources, self.resourceOwner) = (resources, resourceOwner)
    }

    /// One action, on every resource.
    public func evaluate(_ action: String) -> EvaluatedAction {
        let name = ActionName(action)
        let pairs = resources.isEmpty ? [evaluate(name, "*")] : resources.map { evaluate(name, $0) }
        return EvaluatedAction(action: action, resources: resources, pairs: pairs)
    }

    /// One action on one resource.
    private func evaluate(_ action: ActionName, _ resource: String) -> EvaluatedPair {
        let question = Question(subject, action, on: ResourceName(resource), of: owner(of: resource))
        let explanation = explain(question, under: policies, in: context)
        let outcome = explanation.decision.outcome
        let isOrganizations = explanation.decision.layer == .scp
        let isMissing = outcome == .implicitDeny && !isOrganizations
        return EvaluatedPair(
            resource: resource, outcome: outcome, matched: isOrganizations ? [] : matched(explanation),
            missingKeys: isMissing
                ? policies.keysInDoubt(for: question, in: context) { givenKeys.contains($0) } : [],
            isAllowedByOrganizations: policies.scps.map { isAllowed(question, scps: $0) },
            isAllowedByBoundary: policies.boundary.map { isAllowed(question, identity: $0) },
            details: isOrganizations ? nil : details(question))
    }

    /// Whose resource it is. Resource policies are looked up nowhere: without one given, and without an owner, only the
    /// caller's side is simulated, as if the resource were in the caller's account.
    private func owner(of resource: String) -> AccountID? {
        guard policies.resource != nil || resourceOwner != nil else { return subject.account }
        return ARN(resource)?.accountID ?? resourceOwner ?? subject.account
    }

    /// Of an explicit deny, the denying statements alone.
    private func matched(_ explanation: Explanation) -> [EvaluatedStatement] {
        let decision = explanation.decision
        guard decision.outcome != .implicitDeny else { return [] }
        let isDeny = decision.outcome == .explicitDeny
        return explanation.matched.compactMap { statement in
            guard statement.isDeny == isDeny, let source = EvaluatedStatement.Source(statement.layer) else {
                return nil
            }
            // A boundary allows nothing; it only denies.
            guard source != .boundary || isDeny else { return nil }
            return EvaluatedStatement(
                source: source, policy: statement.policyName, start: statement.start, end: statement.end)
        }
    }

    // One layer by itself: the same engine, with everything else out of the way.

    private static let allowingAll = NamedPolicy(
        CompiledPolicy(
            stored: Array(
                #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#.utf8),
            as: .identity))

    private func isAllowed(_ question: Question, scps: [[NamedPolicy]]) -> Bool {
        var set = PolicySet()
        (set.identity, set.scps) = ([PolicySimulation.allowingAll], scps)
        return decide(inOwnAccount(question), under: set, in: context).isAllowed
    }

    private func isAllowed(_ question: Question, identity: NamedPolicy) -> Bool {
        var set = PolicySet()
        set.identity = [identity]
        return decide(inOwnAccount(question), under: set, in: context).isAllowed
    }

    private func inOwnAccount(_ question: Question) -> Question {
        var own = question
        own.resourceAccount = subject.account
        return own
    }

    /// What each kind of policy says, where two accounts are involved; nil where one is.
    private func details(_ question: Question) -> [EvaluatedStatement.Source: Decision.Outcome]? {
        guard let owner = question.resourceAccount, owner != subject.account else { return nil }
        var identity = PolicySet()
        identity.identity = policies.identity
        var resource = PolicySet()
        (resource.identity, resource.resource) = ([PolicySimulation.allowingAll], policies.resource)
        resource.resourceKind = policies.resourceKind
        var details: [EvaluatedStatement.Source: Decision.Outcome] = [
            .identity: decide(inOwnAccount(question), under: identity, in: context).outcome,
            .resource: decide(question, under: resource, in: context).outcome,
        ]
        if let boundary = policies.boundary {
            var set = PolicySet()
            set.identity = [boundary]
            details[.boundary] = decide(inOwnAccount(question), under: set, in: context).outcome
        }
        return details
    }
}
