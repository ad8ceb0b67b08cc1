import AWS

extension Explanation {
    /// The pieces that are missing, in the order in which the layers are looked at: each is what would still be missing
    /// with those before it made good. Empty for what is allowed.
    ///
    /// `isComplete` is false where not everything can be made good by policies.
    public var missing: (pieces: [MissingPiece], isComplete: Bool) {
        var (set, decision) = (policies, decision)
        var pieces: [MissingPiece] = []
        while !decision.isAllowed {
            guard pieces.count < Explanation.mostPieces,
                let (piece, made, next) = MissingSearch(question, set, context, decision).piece
            else { return (pieces, false) }
            pieces.append(piece.placed(in: policies))
            (set, decision) = (made, next)
        }
        return (pieces, true)
    }

    /// Each denying statement is a piece of its own.
    private static let mostPieces = 200
}

extension MissingPiece {
    /// The same, with the place of its statement in these policies.
    fileprivate func placed(in policies: PolicySet) -> MissingPiece {
        switch self {
        case .removal(let finding): .removal(finding.placed(in: policies))
        case .condition(let finding): .condition(finding.placed(in: policies))
        case .resource(let finding): .resource(finding.placed(in: policies))
        case .principal(let finding, let name): .principal(finding.placed(in: policies), adding: name)
        case .repair, .statement, .publicAccessBlock, .objectOwnership, .grant: self
        }
    }
}

/// Looks for the smallest piece that changes a denial into something else.
private struct MissingSearch {
    let question: Question
    let policies: PolicySet
    let context: RequestContext
    let decision: Decision

    typealias Found = (piece: MissingPiece, policies: PolicySet, decision: Decision)

    init(_ question: Question, _ policies: PolicySet, _ context: RequestContext, _ decision: Decision) {
        (self.question, self.policies, self.context, self.decision) = (question, policies, context, decision)
    }

    var piece: Found? {
        if decision.outcome == .explicitDeny {
            return denial.map { piece in
                let made = policies.making(good: piece)
                return (piece, made, decide(question, under: made, in: context))
            }
        }
        // The nearest statement, then statements made up, then what no statement can do.
        for candidate in nearest + examples + beyondStatements {
            if let found = tried(candidate) { return found }
        }
        return nil
    }

    private var denial: MissingPiece? {
        guard let place = decision.statement, let named = policies.policy(at: place, in: decision.layer) else {
            return nil
        }
        guard place.statement >= 0 else { return .repair(policy: named, at: place, in: decision.layer) }
        let statement = named.policy.statements[Int(place.statement)]
        return .removal(StatementFinding(named, decision.layer, place, statement, question, policies, context))
    }

    /// Whether the piece does what it should: the decision is another one, and that layer is not what is missing any more.
    private func tried(_ piece: MissingPiece) -> Found? {
        let made = policies.making(good: piece)
        let next = decide(question, under: made, in: context)
        guard next != decision || isLevelled && level(in: made) != level(in: policies) else { return nil }
        return (piece, made, next)
    }

    private var isLevelled: Bool { decision.layer == .scp || decision.layer == .rcp }

    /// The first level without an allow.
    private func level(in set: PolicySet) -> Int {
        let levels = set.levels(of: decision.layer)
        let hasBoundary = set.bounds(question.subject)
        return levels.firstIndex { question.scan($0, context, hasBoundary: hasBoundary).allow == nil } ?? levels.count
    }

    /// Statements that would allow but for one kind of part, those with the fewest misses first.
    private var nearest: [MissingPiece] {
        let level = level(in: policies)
        var found: [StatementFinding] = []
        policies.forEachStatement(bearingOn: question) { layer, place, named, statement in
            guard layer == decision.layer, !isLevelled || place.level == level, !statement.isDeny,
                statement.covers(question.action)
            else { return }
            let finding = StatementFinding(named, layer, place, statement, question, policies, context)
            if finding.misses > 0 { found.append(finding) }
        }
        return found.sorted { $0.misses < $1.misses }.prefix(MissingSearch.mostTried).flatMap(pieces)
    }

    private static let mostTried = 8

    private func pieces(of finding: StatementFinding) -> [MissingPiece] {
        let missesConditions = finding.conditions.contains { !$0.holds }
        switch (finding.reachesPrincipal == false, !finding.coversResource, missesConditions) {
        case (false, false, true): return [.condition(finding)]
        // One that excludes resources means what it says.
        case (false, true, false) where finding.written.resource != nil: return [.resource(finding)]
        case (true, false, false) where finding.written.principal?.isBareStar == false:
            return callerNames.map { .principal(finding, adding: $0) }
        default: return []
        }
    }

    /// By what ARNs a policy of a resource may name the caller: a session by its role first, as people write it.
    private var callerNames: [String] {
        let subject = question.subject
        guard subject.isAccountIdentity else { return [] }
        return [subject.kind == .roleSession ? subject.parentARN : nil, subject.arn].compactMap { $0 }
    }

    /// Exactly this action and resource; where that cannot be written, all of them.
    private var examples: [MissingPiece] {
        let isTrust = decision.layer == .resource && policies.resourceKind == .roleTrust
        let exact = ExampleStatement.resource(question)
        let resources: [String?] = isTrust ? [nil] : [exact, "*"]
        let level = level(in: policies)
        return [question.action.description, "*"].flatMap { action in
            resources.flatMap { resource in
                principals.map { principal in
                    .statement(
                        ExampleStatement(action: action, resource: resource, principal: principal), in: decision.layer,
                        level: level)
                }
            }
        }
    }

    private var principals: [ExampleStatement.Principal?] {
        switch decision.layer {
        case .rcp, .endpoint: [.everyone]
        case .resource:
            switch question.subject.kind {
            case .service: [question.subject.name.map { .service($0) } ?? .everyone]
            case .webIdentity, .saml: [question.subject.name.map { .federated($0) } ?? .everyone]
            case .anonymous: [.everyone]
            default: callerNames.map { .aws($0) } + (question.subject.account.map { [.aws($0.description)] } ?? [])
            }
        default: [nil]
        }
    }

    private var beyondStatements: [MissingPiece] {
        guard decision.layer == .resource else { return [] }
        var pieces: [MissingPiece] = [.publicAccessBlock, .objectOwnership]
        if question.isRetireGrant, let name = question.subject.arn ?? question.subject.name {
            pieces.append(.grant(KMSGrant(grantee: name, operations: ["RetireGrant"])))
        }
        return pieces
    }
}

extension ExampleStatement {
    /// The question's resource as a pattern that matches nothing else.
    static func resource(_ question: Question) -> String {
        guard !question.resource.isNone else { return "*" }
        var text = ""
        for scalar in question.resource.description.unicodeScalars {
            switch scalar {
            case "*", "?", "$": text += "${\(scalar)}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
