public import Authorization
import World

/// Compiled policies by their text: the same document is parsed once, however many identities carry it.
public final class PolicyCache: Sendable {
    private struct Key: Hashable {
        let text: String
        let kind: PolicyKind

        /// By bytes: an equivalent text is another policy.
        static func == (left: Key, right: Key) -> Bool {
            left.kind == right.kind && left.text.hasSameBytes(as: right.text)
        }
    }
    private let policies = ThreadShards<[Key: CompiledPolicy]>([:])
    private let capacity = 10_000

    public init() {}

    /// The compiled form of a stored text; broken, and denying everything, where it cannot be read.
    public func policy(_ text: String, as kind: PolicyKind) -> CompiledPolicy {
        let key = Key(text: text, kind: kind)
        if let policy = policies.withLock({ $0[key] }) { return policy }
        let policy = CompiledPolicy(stored: Array(text.utf8), as: kind)
        policies.withLock { policies in
            if policies.count >= capacity { policies.removeAll() }
            policies[key] = policy
        }
        return policy
    }
}
