import Journal
import KMSAPI
import Storage
import World

/// Looks in the journal for uses of keys, beside the threads that serve requests: of a key that was looked at often and never
/// used, all its records are read.
struct KeyUses: Sendable {
    let store: Store
    private let pool = BlockingPool("key-uses", threads: 1, limit: 256)

    /// The operations that count as uses.
    /// - Source: KMS API Reference, "GetKeyLastUsage".
    static let tracked = Set(KMS.KeyLastUsageTrackingOperation.values)

    /// - Parameter store: has the journal, and every call before this one.
    init(_ store: Store) { self.store = store }

    /// The last use that succeeded of those operations; nil where there is none.
    func last(of key: KMSKey, among operations: Set<String>) async throws -> Entry? {
        try await pool.run { [store, arn = key.arn, account = key.account, region = key.region] in
            try store.read { snapshot in
                try Journal.lastSuccess(on: arn, in: account, region, among: operations, snapshot)
            }
        }
    }
}
