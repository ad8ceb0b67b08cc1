import AWS
import Authentication
import Authorization
import Storage

/// Puts an operation's questions to the policy engine.
final class Decider: Sendable {
    private let source: any PolicySource
    private let names = ActionNames()

    init(_ source: any PolicySource) { self.source = source }

    /// To be read before the snapshot that is decided on is opened.
    var epoch: UInt64 { source.epoch }

    /// The epoch that holds inside a write transaction: nil where earlier items of the same commit changed identities.
    /// Epochs are raised on the writer's thread between commits, so this one stays while the transaction is open.
    func epoch(in transaction: borrowing Transaction) -> UInt64? {
        transaction.touchedBefore.contains(.identity) ? nil : source.epoch
    }

    /// Throws `AccessDenied` unless everything asked is allowed. For `Access.each`, tells which was.
    ///
    /// - Parameter epoch: as `PolicySource.policies` wants it.
    ///
    /// Whatever goes wrong while policies are found or read is a refusal: the error travels up instead of a permit.
    ///
    /// Never inlined: `make bench` finds by this name what authorization costs in the running server.
    @inline(never)
    func decide(
        _ access: Access, _ facts: RequestFacts, _ snapshot: borrowing Snapshot, asOf epoch: UInt64?
    ) throws -> Decided {
        if case .signedIn = access {
            guard !facts.caller.isAnonymous else { throw AccessDenied.anonymous }
            return Decided()
        }
        let policies = try source.policies(of: facts.caller, in: snapshot, asOf: epoch)
        switch access {
        case .signedIn: return Decided()
        case .ask(let asks):
            try require(asks, facts, policies)
            return Decided()
        case .hinted(let asks, let hint):
            try require(asks, facts, policies)
            return Decided(hint: verdict(on: hint, facts, policies))
        case .each(let asks):
            return Decided(each: asks.map { verdict(on: $0, facts, policies) })
        }
    }

    private func require(_ asks: [Ask], _ facts: RequestFacts, _ policies: CallerPolicies) throws {
        precondition(!asks.isEmpty, "an operation asked nothing")
        for ask in asks {
            if let denied = denial(of: ask, facts, policies) { throw denied }
        }
    }

    private func verdict(on ask: Ask, _ facts: RequestFacts, _ policies: CallerPolicies) -> Verdict {
        denial(of: ask, facts, policies).map { .denied(message: $0.message) } ?? .allowed
    }

    /// Nil where the policies allow.
    private func denial(of ask: Ask, _ facts: RequestFacts, _ policies: CallerPolicies) -> AccessDenied? {
        if ask.side.isSilent { return denial(of: ask, facts, policies, under: policies.set) }
        var set = policies.set
        set.resource = ask.side.policy.map { NamedPolicy($0) }
        if ask.side.kind == .roleTrust { set.resourceKind = .roleTrust }
        if ask.side.restrictsPublicAccess {
            var access = S3Access()
            access.restrictsPublicBuckets = true
            set.s3 = access
        }
        return denial(of: ask, facts, policies, under: set)
    }

    private func denial(
        of ask: Ask, _ facts: RequestFacts, _ policies: CallerPolicies, under set: PolicySet
    ) -> AccessDenied? {
        let question = Question(
            Subject(facts.caller.principal), names.name(of: ask.action), on: ResourceName(ask.resource),
            of: ask.owner)
        let decision = decide(question, set, GlobalContext(facts, policies).context(ask.keys))
        guard !decision.isAllowed else { return nil }
        guard facts.caller.principal.arn != nil else { return .anonymous }
        let words = DenialMessage(resourceTitle: ask.title, tellsReason: facts.account == ask.owner)
        return AccessDenied(words.text(question, decision, under: set))
    }

    private func decide(_ question: Question, _ policies: PolicySet, _ context: RequestContext) -> Decision {
        Authorization.decide(question, under: policies, in: context)
    }
}
