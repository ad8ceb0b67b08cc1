import AWS
public import Authorization
public import Journal
public import Storage

/// What was decided about a recorded call, to be decided again: from the policies as they were then, and from what the
/// request said then.
public struct PastDecision: Sendable {
    /// One question with everything that bore on it.
    public struct Asked: Sendable {
        public let question: Question
        public let policies: PolicySet
        public let context: RequestContext
        /// What the record says was decided.
        public let outcome: Decision.Outcome
        public let layer: Layer
        /// Whether the answer refused nothing (`DecisionTrace.Form.hinted` and `noted`).
        public let isHint: Bool
    }

    /// How the answers made the answer to the call.
    public let form: DecisionTrace.Form
    /// In the order in which they were asked. Those behind a refusal were not.
    public let questions: [Asked]

    /// Whether something was refused.
    public var isDenied: Bool { questions.contains { $0.outcome != .allowed && !$0.isHint } }

    /// Why a decision cannot be made again.
    public enum Gap: Error, CustomStringConvertible {
        /// The policies are not in the archive.
        case policies
        /// The record does not say who called, or says something that this program does not know.
        case record
        /// More was asked than a record keeps.
        case size

        /// For a person.
        public var description: String {
            switch self {
            case .policies: "the policies of this decision are not stored any more"
            case .record: "the record is damaged, or was written by a newer program"
            case .size: "more was asked of the policies for this call than its record keeps"
            }
        }
    }

    /// Nil where the policies were not asked.
    /// - Throws: `Gap`.
    public init?(_ entry: Entry, in snapshot: borrowing Snapshot) throws {
        guard let recorded = entry.decision else {
            if entry.hasDecision { throw entry.isDecisionTooLarge ? Gap.size : Gap.record }
            return nil
        }
        guard let principal = RecordedCall(entry.record)?.principal else { throw Gap.record }
        let caller = try recorded.caller.map { try PastDecision.set($0, snapshot) } ?? PolicySet()
        let sides = try recorded.sides.map { try PastDecision.set($0, snapshot) }
        form = recorded.trace.form
        let subject = Subject(principal)
        questions = try recorded.trace.questions.enumerated().map { index, question in
            guard let outcome = Decision.Outcome(code: question.outcome), let layer = Layer(code: question.layer) else {
                throw Gap.record
            }
            var policies = caller
            let side = question.side.flatMap { sides.indices.contains($0) ? sides[$0].resource?.policy : nil }
            try PastDecision.side(of: question, side).add(to: &policies)
            var asked = Question(
                subject, ActionName(question.action), on: ResourceName(question.resource), of: question.owner)
            if let key = question.kmsKey {
                (asked.encryptionContext, asked.isAWSManagedKey) = (key.context, key.isAWSManaged)
            }
            return Asked(
                question: asked, policies: policies,
                context: PastDecision.context(recorded.trace.keys, question.keys, owner: question.owner),
                outcome: outcome, layer: layer, isHint: recorded.trace.isHint(at: index))
        }
    }

    private static func side(of question: DecisionTrace.Question, _ policy: CompiledPolicy?) throws -> ResourceSide {
        if let key = question.kmsKey {
            return ResourceSide(
                keyPolicy: policy ?? .broken(as: .keyPolicy), grants: key.grants.map(KMSGrant.init),
                isAWSManagedKey: key.isAWSManaged)
        }
        return ResourceSide(
            policy: policy, kind: question.isTrust ? .roleTrust : .standard,
            restrictsPublicAccess: question.restrictsPublicAccess, lists: try question.lists.map(S3Access.init))
    }

    private static func set(_ digest: [UInt8], _ snapshot: borrowing Snapshot) throws -> PolicySet {
        guard let content = try PolicyArchive.content(digest, snapshot) else { throw Gap.policies }
        var found: [[UInt8]: [UInt8]] = [:]
        for text in PolicyDescription.texts(content) { found[text] = try PolicyArchive.text(text, snapshot) }
        guard let set = PolicyDescription.read(content, text: { found[$0] }) else { throw Gap.policies }
        return set
    }

    /// What the operation said wins over what holds of every request.
    private static func context(
        _ global: [DecisionTrace.Key], _ own: [DecisionTrace.Key], owner: AccountID
    ) -> RequestContext {
        var context = RequestContext(expecting: global.count + own.count)
        for key in global + own {
            switch key.value {
            case .one(let value): context.set(key.name, value)
            case .many(let values): context.set(key.name, values: values)
            }
        }
        // Recorded for the first question; the owner is each question's own.
        let account = ConditionKey(GlobalKey.resourceAccount.rawValue)
        if context.value(of: account) != nil { context.set(account, .single(owner.description)) }
        return context
    }
}

extension DecisionTrace {
    /// Whether the answer to that question refused nothing.
    fileprivate func isHint(at index: Int) -> Bool {
        switch form {
        case .hinted: index == questions.count - 1
        // What had to be allowed is asked twice of an access point and the bucket behind it.
        case .noted: index > 1 || index == 1 && questions[1].action != questions[0].action
        case .asked, .each, .signedIn: false
        }
    }
}
