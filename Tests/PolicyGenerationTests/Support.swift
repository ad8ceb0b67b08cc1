import AWS
import Authorization
import PolicyGeneration
import World

/// A seeded generator, so that a failure can be run again.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
    mutating func pick<Element>(_ list: [Element]) -> Element { list[Int.random(in: 0..<list.count, using: &self)] }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

let someTime = Instant(seconds: 1_790_000_000)

/// A use of one ARN, or of `*`.
func use(_ action: String, _ resource: String = "*", _ context: [String: String] = [:], count: Int = 1) -> Use {
    var keys: [ConditionKey: ContextValue] = [:]
    for (key, value) in context { keys[ConditionKey(key)] = .single(value) }
    return Use(action, on: resource == "*" ? .none : .arn(resource), context: keys, count: count, first: someTime)
}

/// Asks the engine, as the tests' own proof: what the generator proved it proved with code of its own.
struct Judge {
    private var set = PolicySet()
    private let caller = Subject(
        kind: .user, account: AccountID("111122223333"), arn: "arn:aws:iam::111122223333:user/alice")

    init(_ policies: GeneratedPolicies) {
        set.identity = policies.documents.map { NamedPolicy(CompiledPolicy(stored: $0.compact, as: .managed)) }
    }

    func allows(_ action: String, _ resource: String, _ context: [String: String] = [:]) -> Bool {
        var request = RequestContext()
        for (key, value) in context { request.set(key, value) }
        let question = Question(
            caller, ActionName(action), on: ResourceName(resource), of: AccountID("111122223333"))
        return decide(question, under: set, in: request).isAllowed
    }
}

func isAllowed(
    _ policies: GeneratedPolicies, _ action: String, _ resource: String, _ context: [String: String] = [:]
) -> Bool { Judge(policies).allows(action, resource, context) }

extension GeneratedPolicies {
    var allResources: [String] { documents.flatMap(\.statements).flatMap(\.resources) }
    var allConditions: [ConditionSuggestion] { documents.flatMap(\.statements).flatMap(\.conditions) }
}
