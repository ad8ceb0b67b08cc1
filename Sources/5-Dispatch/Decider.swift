import AWS
import Authentication
import Authorization
import Journal
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
    /// - Parameter trace: what was asked and answered, also where that is a refusal; untouched where nothing was.
    ///
    /// Whatever goes wrong while policies are found or read is a refusal: the error travels up instead of a permit.
    ///
    /// Never inlined: `make bench` finds by this name what authorization costs in the running server.
    @inline(never)
    func decide(
        _ access: Access, _ facts: RequestFacts, _ snapshot: borrowing Snapshot, asOf epoch: UInt64?,
        into trace: inout TracedDecision?
    ) throws -> Decided {
        if case .signedIn = access {
            guard !facts.caller.isAnonymous else { throw AccessDenied.anonymous }
            trace = Tracer.signedIn
            return Decided()
        }
        let policies = try source.policies(of: facts.caller, in: snapshot, asOf: epoch)
        var tracer = Tracer(facts, policies)
        switch access {
        case .signedIn: return Decided()
        case .ask(let asks):
            defer { trace = tracer.finish(.asked) }
            try require(asks, facts, policies, &tracer)
            return Decided()
        case .hinted(let asks, let hint):
            do { try require(asks, facts, policies, &tracer) } catch {
                trace = tracer.finish(.asked)
                throw error
            }
            // The hint only decides what is told.
            let neededLists = tracer.neededLists
            defer {
                tracer.neededLists = neededLists
                trace = tracer.finish(.hinted)
            }
            return Decided(hint: told(hint, facts, policies, &tracer))
        case .noted(let ask, let hints):
            do { try require([ask], facts, policies, &tracer) } catch {
                trace = tracer.finish(.asked)
                throw error
            }
            defer { trace = tracer.finish(.noted) }
            return Decided(each: hints.map { told($0, facts, policies, &tracer) })
        case .each(let asks):
            defer { trace = tracer.finish(.each) }
            return Decided(each: asks.map { verdict(on: $0, facts, policies, &tracer) })
        }
    }

    private func require(
        _ asks: [Ask], _ facts: RequestFacts, _ policies: CallerPolicies, _ tracer: inout Tracer
    ) throws {
        precondition(!asks.isEmpty, "an operation asked nothing")
        for ask in asks {
            if let denied = denial(of: ask, facts, policies, &tracer) { throw denied }
        }
    }

    private func verdict(
        on ask: Ask, _ facts: RequestFacts, _ policies: CallerPolicies, _ tracer: inout Tracer
    ) -> Verdict {
        denial(of: ask, facts, policies, &tracer).map { .denied(message: $0.message) } ?? .allowed
    }

    /// The verdict on a question that refuses nothing. A record has one question for each: where a door lies before it, the
    /// one that decided.
    private func told(
        _ hint: Ask, _ facts: RequestFacts, _ policies: CallerPolicies, _ tracer: inout Tracer
    ) -> Verdict {
        guard let door = hint.door else { return verdict(on: hint, facts, policies, &tracer) }
        var atDoor = tracer
        let first = verdict(on: door, facts, policies, &atDoor)
        guard case .denied = first else { return verdict(on: hint.inside, facts, policies, &tracer) }
        tracer = atDoor
        return first
    }

    /// Nil where the policies allow.
    private func denial(
        of ask: Ask, _ facts: RequestFacts, _ policies: CallerPolicies, _ tracer: inout Tracer
    ) -> AccessDenied? {
        if let door = ask.door, let denied = denial(of: door, facts, policies, &tracer) { return denied }
        if ask.side.isSilent { return denial(of: ask, facts, policies, under: policies.set, &tracer) }
        var set = policies.set
        ask.side.add(to: &set)
        return denial(of: ask, facts, policies, under: set, &tracer)
    }

    private func denial(
        of ask: Ask, _ facts: RequestFacts, _ policies: CallerPolicies, under set: PolicySet, _ tracer: inout Tracer
    ) -> AccessDenied? {
        var question = Question(
            Subject(facts.caller.principal), names.name(of: ask.action), on: ResourceName(ask.resource),
            of: ask.owner)
        if ask.side.kind == .kmsKey {
            question.encryptionContext = ask.encryptionContext
            question.isAWSManagedKey = ask.side.isAWSManagedKey
        }
        let known = GlobalContext(facts, policies)
        let context = known.sought(ask.keys, for: ask.action, of: ask.owner)
        let decision = Authorization.decide(question, under: set, in: context)
        tracer.note(ask, question.action, decision)
        guard !decision.isAllowed else {
            if ask.side.lists != nil, !set.withoutLists(allow: question, in: context) { tracer.neededLists = true }
            return nil
        }
        guard facts.caller.principal.arn != nil else { return .anonymous }
        var words = DenialMessage(resourceTitle: ask.title, tellsReason: facts.account == ask.owner)
        if !words.tellsReason, ask.side.kind == .kmsKey, decision.layer == .resource {
            // What the caller's own side denies it denies whether the key is there or not, and so it is told in either case.
            let own = Authorization.decide(question, under: policies.set, in: context)
            words.hidesKey = own.layer == .resource
        }
        return AccessDenied(
            words.text(question, decision, under: set),
            about: DeniedQuestion(question, set, known.context(ask.keys, for: ask.action, of: ask.owner)))
    }
}

extension PolicySet {
    /// Whether the question would be allowed by policies alone.
    fileprivate func withoutLists(allow question: Question, in context: RequestContext) -> Bool {
        var set = self
        set.s3?.bucketACL = []
        set.s3?.objectACL = []
        return Authorization.decide(question, under: set, in: context).isAllowed
    }
}

extension ResourceSide {
    /// Makes the policies of a question of what the resource says.
    func add(to set: inout PolicySet) {
        set.resource = policy.map { NamedPolicy($0) }
        switch kind {
        case .standard: break
        case .roleTrust: set.resourceKind = .roleTrust
        case .kmsKey:
            set.resourceKind = .kmsKey
            set.grants = grants
        }
        guard restrictsPublicAccess || lists != nil else { return }
        var access = lists ?? S3Access()
        access.restrictsPublicBuckets = restrictsPublicAccess
        set.s3 = access
    }
}
