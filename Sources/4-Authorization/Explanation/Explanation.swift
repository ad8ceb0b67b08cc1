public import Formats

/// Why a question was decided as it was: every statement that matched, in every layer. Made only when asked for.
public struct Explanation: Sendable {
    public let decision: Decision
    /// In the order of layers (`Layer.allCases`), policies and statements.
    public let matched: [MatchedStatement]
    /// The policy whose Deny decided, if one did.
    public let denyingPolicy: NamedPolicy?
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
    let hasBoundary = policies.boundary != nil
    var matched: [MatchedStatement] = []
    for layer in Layer.allCases where policies.applies(layer, to: question) {
        for (level, list) in policies.levels(of: layer).enumerated() {
            for (policyIndex, named) in list.enumerated() {
                for (index, statement) in named.policy.statements.enumerated()
                where question.matches(statement, context, hasBoundary: hasBoundary) {
                    let place = StatementIndex(level: Int32(level), policy: Int32(policyIndex), statement: Int32(index))
                    matched.append(MatchedStatement(named, layer, place, statement))
                }
            }
        }
    }
    return Explanation(decision: decision, matched: matched, denyingPolicy: policies.denyingPolicy(of: decision))
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
        let levels = levels(of: decision.layer)
        guard levels.indices.contains(Int(place.level)), levels[Int(place.level)].indices.contains(Int(place.policy))
        else {
            return nil
        }
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
}
