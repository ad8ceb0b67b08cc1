import AWS
import Authorization
import Journal

/// Notes what the policies are asked about a call and what they say, for its record.
struct Tracer {
    private let facts: RequestFacts
    private let policies: CallerPolicies
    private var questions: [DecisionTrace.Question] = []
    private var sides: [KeptPolicies] = []
    /// The keys that policies of resources refer to.
    private var sideKeys: [ConditionKey] = []
    /// What was asked first. Of the global keys, only the owner differs between the questions of a call.
    private var first: (action: Action, owner: AccountID)?
    /// Whether a question was allowed by access control lists alone.
    var neededLists = false

    init(_ facts: RequestFacts, _ policies: CallerPolicies) { (self.facts, self.policies) = (facts, policies) }

    mutating func note(_ ask: Ask, _ action: ActionName, _ decision: Decision) {
        if first == nil { first = (ask.action, ask.owner) }
        questions.append(
            DecisionTrace.Question(
                action: action.description, resource: ask.resource, owner: ask.owner,
                side: ask.side.policy.map { side($0) }, isTrust: ask.side.kind == .roleTrust,
                restrictsPublicAccess: ask.side.restrictsPublicAccess, outcome: decision.outcome.code,
                layer: decision.layer.code, keys: ask.keys.isEmpty ? [] : ask.keys.compactMap(DecisionTrace.Key.init),
                kmsKey: ask.side.kind == .kmsKey ? KMSKeySide(ask) : nil,
                lists: ask.side.lists.map(AccessListSide.init)))
    }

    /// Questions of one call are about few resources with policies of their own: two, where something is copied.
    private mutating func side(_ policy: CompiledPolicy) -> Int {
        let archived = ArchivedPolicy.of(policy)
        if let index = sides.firstIndex(where: { $0 === archived.side }) { return index }
        sides.append(archived.side)
        for key in archived.keys where !sideKeys.contains(key) { sideKeys.append(key) }
        return sides.count - 1
    }

    func finish(_ form: DecisionTrace.Form) -> TracedDecision {
        TracedDecision(
            DecisionTrace(form, questions, keys: globalKeys()), caller: policies.kept, sides: sides,
            neededLists: neededLists)
    }

    private func globalKeys() -> [DecisionTrace.Key] {
        guard let first, !(policies.keys.isEmpty && sideKeys.isEmpty) else { return [] }
        let context = GlobalContext(facts, policies).sought([], for: first.action, of: first.owner)
        let more = sideKeys.filter { !policies.keys.contains($0) }
        return (policies.keys + more).compactMap { key in
            context.value(of: key).map { DecisionTrace.Key(key.description, DecisionTrace.Key.Value($0)) }
        }
    }

    /// Of a call for which a good signature is enough.
    static let signedIn = TracedDecision(DecisionTrace(.signedIn, [], keys: []), caller: nil, sides: [])
}

extension DecisionTrace.Key {
    /// Nil for a list without values, which is an absent key, and for a value that nobody looked at.
    init?(_ entry: ConditionEntry) {
        switch entry.value {
        case .one(let value): self.init(entry.key, .one(value))
        case .many(let values):
            if values.isEmpty { return nil }
            self.init(entry.key, .many(values))
        case .watched: return nil
        }
    }
}

extension DecisionTrace.Key.Value {
    init(_ value: ContextValue) {
        switch value {
        case .single(let text): self = .one(text)
        case .multiple(let texts): self = .many(texts)
        }
    }
}
