import AWS
import Authorization
import World

/// The names of the actions asked about so far, made once each: an operation declares its action, the engine wants it read.
final class ActionNames: Sendable {
    /// A small table of our own: actions are constants of this server, so nobody can choose some that collide.
    private let buckets = ThreadShards<[[(action: Action, name: ActionName)]]>(
        Array(repeating: [], count: ActionNames.bucketCount))

    private static let bucketCount = 512

    func name(of action: Action) -> ActionName {
        let bucket = Int(truncatingIfNeeded: action.name.utf8.span.fingerprint) & (ActionNames.bucketCount - 1)
        return buckets.withLock { buckets in
            for index in buckets[bucket].indices where buckets[bucket][index].action == action {
                return buckets[bucket][index].name
            }
            let name = ActionName(action.description)
            buckets[bucket].append((action, name))
            return name
        }
    }
}
