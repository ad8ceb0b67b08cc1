public import Formats

/// What a statement says to a question, part by part.
public struct StatementFinding: Sendable {
    public let layer: Layer
    public let index: StatementIndex
    public let policyName: String
    public let policyARN: String?
    public let sid: String?
    public let isDeny: Bool
    /// Where the statement's brace opens, and where it is closed, in the policy as stored.
    public private(set) var start: TextPosition
    public private(set) var end: TextPosition
    /// Whether its actions cover the question's.
    public let coversAction: Bool
    /// Whether its principals reach the caller; nil in policies without principals.
    public let reachesPrincipal: Bool?
    public let coversResource: Bool
    public let conditions: [ConditionFinding]
    /// The elements as written.
    public let written: PolicyStatement
    /// What was asked.
    let question: Question

    init(
        _ named: NamedPolicy, _ layer: Layer, _ index: StatementIndex, _ statement: CompiledStatement,
        _ question: Question, _ policies: PolicySet, _ context: RequestContext
    ) {
        (self.layer, self.index) = (layer, index)
        (policyName, policyARN, sid, isDeny) = (named.name, named.arn, statement.sid, statement.isDeny)
        let written = named.policy.document.statements[Int(index.statement)]
        (start, end) = StatementFinding.place(of: written, in: named.policy)
        coversAction = statement.covers(question.action)
        reachesPrincipal =
            statement.principals == nil
            ? nil : !statement.reach(question.subject, hasBoundary: policies.bounds(question.subject)).isEmpty
        coversResource = statement.covers(question.resource, in: context)
        conditions = zip(statement.conditions, written.condition).map { compiled, written in
            ConditionFinding(compiled, written, context, underDeny: statement.isDeny)
        }
        (self.written, self.question) = (written, question)
    }

    private static func place(of written: PolicyStatement, in policy: CompiledPolicy) -> (TextPosition, TextPosition) {
        let text = policy.text
        let brace = text[written.range].firstIndex(of: UInt8(ascii: "{")) ?? written.range.lowerBound
        return (TextPosition(offset: brace, in: text), TextPosition(offset: written.range.upperBound, in: text))
    }

    /// The same, where it stands in these policies: it was found in them with something made good.
    func placed(in policies: PolicySet) -> StatementFinding {
        guard let policy = policies.policy(at: index, in: layer)?.policy,
            policy.document.statements.indices.contains(Int(index.statement))
        else { return self }
        var finding = self
        (finding.start, finding.end) = StatementFinding.place(
            of: policy.document.statements[Int(index.statement)], in: policy)
        return finding
    }

    /// Whether the statement applies to the question.
    public var isMatch: Bool { misses == 0 }

    /// How many of its parts do not hold: action, principal, resource, and each condition.
    public var misses: Int {
        (coversAction ? 0 : 1) + (reachesPrincipal == false ? 1 : 0) + (coversResource ? 0 : 1)
            + conditions.count { !$0.holds }
    }

    var isNear: Bool { coversAction && (coversResource || reachesPrincipal == true || misses == 1) }
}

/// What one operator and key of a condition compared with what.
public struct ConditionFinding: Sendable {
    /// As written.
    public let operatorName: String
    public let key: String
    /// What the request says; nil where the key is absent.
    public let value: ContextValue?
    public let operands: [Operand]
    public let holds: Bool

    /// One value of the condition.
    public struct Operand: Sendable, Hashable {
        public let written: String
        /// With its variables replaced; nil where one of them has no value, and then nothing is equal to it.
        public let resolved: String?
    }

    init(_ compiled: CompiledCondition, _ condition: PolicyCondition, _ context: RequestContext, underDeny: Bool) {
        (operatorName, key) = (condition.operatorName, condition.key)
        value = context.value(of: compiled.key)
        holds = compiled.holds(in: context, underDeny: underDeny)
        operands = condition.values.enumerated().map { index, written in
            Operand(written: written, resolved: compiled.resolved(index, written, in: context))
        }
    }
}

extension CompiledCondition {
    /// An operand's text as it is compared. Wildcards stay what they are.
    fileprivate func resolved(_ index: Int, _ written: String, in context: RequestContext) -> String? {
        let template: TextPattern? =
            switch operands {
            case .texts(let patterns): patterns[index].template == nil ? nil : patterns[index]
            case .lowercase(let operands):
                if case .template(let pattern) = operands[index] { pattern } else { nil }
            case .arns(let operands):
                if case .template(let pattern) = operands[index] { pattern } else { nil }
            case .numbers, .dates, .booleans, .binaries, .networks, .null: nil
            }
        guard let template else { return written }
        return template.codes(in: context).map { codes in
            String(
                decoding: codes.map { code in
                    switch code {
                    case Glob.run: UInt8(ascii: "*")
                    case Glob.one: UInt8(ascii: "?")
                    default: UInt8(truncatingIfNeeded: code)
                    }
                }, as: UTF8.self)
        }
    }
}
