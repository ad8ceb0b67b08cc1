import AWS
import Authentication
import Authorization
import Storage

/// Puts an operation's questions to the policy engine.
struct Decider: Sendable {
    private let source: any PolicySource

    init(_ source: any PolicySource) { self.source = source }

    /// To be read before the snapshot that is decided on is opened.
    var epoch: UInt64 { source.epoch }

    /// Throws `AccessDenied` unless everything asked is allowed. For `Access.each`, tells which was.
    ///
    /// - Parameter epoch: as `PolicySource.policies` wants it; nil inside a write transaction.
    ///
    /// Whatever goes wrong while policies are found or read is a refusal: the error travels up instead of a permit.
    func decide<Target>(
        _ access: Access, _ facts: RequestFacts, _ snapshot: borrowing Snapshot, asOf epoch: UInt64?
    ) throws -> [Permit<Target>.Verdict] {
        switch access {
        case .signedIn:
            guard !facts.caller.isAnonymous else { throw AccessDenied.anonymous }
            return []
        case .ask(let asks):
            let policies = try source.policies(of: facts.caller, in: snapshot, asOf: epoch)
            precondition(!asks.isEmpty, "an operation asked nothing")
            for ask in asks {
                if let denied = denial(of: ask, facts, policies) { throw denied }
            }
            return []
        case .each(let asks):
            let policies = try source.policies(of: facts.caller, in: snapshot, asOf: epoch)
            return asks.map { ask in denial(of: ask, facts, policies).map { .denied(message: $0.message) } ?? .allowed }
        }
    }

    /// Whether the caller may ask for something that only chooses between two refusals, such as 403 and 404.
    func allows(_ ask: Ask, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) throws -> Bool {
        denial(of: ask, facts, try source.policies(of: facts.caller, in: snapshot, asOf: nil)) == nil
    }

    /// Nil where the policies allow.
    private func denial(of ask: Ask, _ facts: RequestFacts, _ policies: CallerPolicies) -> AccessDenied? {
        var set = PolicySet()
        set.identity = policies.identity
        set.boundary = policies.boundary
        set.session = policies.session
        set.resource = ask.side.policy.map { NamedPolicy($0) }
        if ask.side.kind == .roleTrust { set.resourceKind = .roleTrust }
        if ask.side.restrictsPublicAccess {
            var access = S3Access()
            access.restrictsPublicBuckets = true
            set.s3 = access
        }
        let question = Question(
            Subject(facts.caller.principal), ActionName(ask.action.description), on: ResourceName(ask.resource), of: ask.owner)
        let decision = decide(question, set, GlobalContext(facts, policies.tags).context(ask.keys))
        guard !decision.isAllowed else { return nil }
        guard facts.caller.principal.arn != nil else { return .anonymous }
        let words = DenialMessage(resourceTitle: ask.title, tellsReason: facts.account == ask.owner)
        return AccessDenied(words.text(question, decision, under: set))
    }

    private func decide(_ question: Question, _ policies: PolicySet, _ context: RequestContext) -> Decision {
        Authorization.decide(question, under: policies, in: context)
    }
}
