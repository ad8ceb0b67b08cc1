public import Formats

/// Why a question was decided as it was: every statement that matched or came near, in every layer, and for a denial what
/// is missing. Made only when asked for.
public struct Explanation: Sendable {
    /// What `decide` says.
    public let decision: Decision
    /// In the order of layers (`Layer.allCases`), policies and statements.
    public let matched: [MatchedStatement]
    /// The policy whose Deny decided, if one did.
    public let denyingPolicy: NamedPolicy?
    public let question: Question
    let policies: PolicySet
    let context: RequestContext
}

/// One statement that matched a question.
public struct MatchedStatement: Sendable {
    public let layer: Layer
    public let index: StatementIndex
    public let policyName: String
    public let policyARN: String?
    public let sid: String?
    public let isDeny: Bool
    /// Places as the simulator prints them.
    public let start: TextPosition
    public let end: TextPosition
}

/// Decides again and keeps what was seen on the way. Costs several times a decision.
public func explain(_ question: Question, under policies: PolicySet, in context: RequestContext) -> Explanation {
    let decision = decide(question, under: policies, in: context)
    let hasBoundary = policies.bounds(question.subject)
    var matched: [MatchedStatement] = []
    policies.forEachStatement(bearingOn: question) { layer, place, named, statement in
        guard question.matches(statement, context, hasBoundary: hasBoundary) else { return }
        matched.append(MatchedStatement(named, layer, place, statement))
    }
    return Explanation(
        decision: decision, matched: matched, denyingPolicy: policies.denyingPolicy(of: decision), question: question,
        policies: policies, context: context)
}

extension Explanation {
    /// The statements that matched, and those that came near: they are about the action, and about the resource or for
    /// the caller by name. In the order of layers, policies and statements.
    public var near: [StatementFinding] {
        var found: [StatementFinding] = []
        policies.forEachStatement(bearingOn: question) { layer, place, named, statement in
            guard statement.covers(question.action) else { return }
            let finding = StatementFinding(named, layer, place, statement, question, policies, context)
            if finding.isNear { found.append(finding) }
        }
        return found
    }

    /// The statement that denied or allowed, where one did.
    public var deciding: StatementFinding? {
        guard let place = decision.statement, place.statement >= 0 else { return nil }
        let layer = decision.layer == .both ? Layer.identity : decision.layer
        guard let named = policies.policy(at: place, in: layer),
            named.policy.statements.indices.contains(Int(place.statement))
        else { return nil }
        let statement = named.policy.statements[Int(place.statement)]
        return StatementFinding(named, layer, place, statement, question, policies, context)
    }
}

extension MatchedStatement {
    init(_ named: NamedPolicy, _ layer: Layer, _ index: StatementIndex, _ statement: CompiledStatement) {
        (self.layer, self.index) = (layer, index)
        (policyName, policyARN, sid, isDeny) = (named.name, named.arn, statement.sid, statement.isDeny)
        let range = named.policy.document.statements[Int(index.statement)].range
        start = TextPosition(offset: range.lowerBound, in: named.policy.text)
        end = TextPosition(offset: range.upperBound, in: named.policy.text)
    }
}

extension PolicySet {
    /// The policies of a layer, by level where it has levels.
    public func levels(of layer: Layer) -> [[NamedPolicy]] {
        switch layer {
        case .scp: scps ?? []
        case .rcp: rcps ?? []
        case .endpoint: endpoint.map { [[$0]] } ?? []
        case .resource: resource.map { [[$0]] } ?? []
        case .identity: [identity]
        case .boundary: boundary.map { [[$0]] } ?? []
        case .session: session.map { [$0] } ?? []
        case .root, .both, .unconditional: []
        }
    }

    /// The policy that an explicit deny came from.
    public func denyingPolicy(of decision: Decision) -> NamedPolicy? {
        guard decision.outcome == .explicitDeny, let place = decision.statement else { return nil }
        return policy(at: place, in: decision.layer)
    }

    func policy(at place: StatementIndex, in layer: Layer) -> NamedPolicy? {
        let levels = levels(of: layer)
        guard levels.indices.contains(Int(place.level)), levels[Int(place.level)].indices.contains(Int(place.policy))
        else { return nil }
        return levels[Int(place.level)][Int(place.policy)]
    }

    /// False for layers that the caller or the resource is exempt from.
    func applies(_ layer: Layer, to question: Question) -> Bool {
        switch layer {
        case .scp: question.subject.isUnderSCPs
        case .rcp: question.isUnderRCPs
        case .identity, .boundary: question.subject.hasIdentityPolicies
        case .session: question.subject.hasIdentityPolicies || question.subject.kind == .assumedRoot
        case .endpoint, .resource: true
        case .root, .both, .unconditional: false
        }
    }

    /// Every statement of the layers that the question is under.
    func forEachStatement(
        bearingOn question: Question, _ body: (Layer, StatementIndex, NamedPolicy, CompiledStatement) -> Void
    ) {
        for layer in Layer.allCases where applies(layer, to: question) {
            for (level, list) in levels(of: layer).enumerated() {
                for (policy, named) in list.enumerated() {
                    for (index, statement) in named.policy.statements.enumerated() {
                        let place = StatementIndex(
                            level: Int32(level), policy: Int32(policy), statement: Int32(index))
                        body(layer, place, named, statement)
                    }
                }
            }
        }
    }
}
