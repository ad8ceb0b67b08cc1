import AWS
public import Authentication
import Crypto
public import Storage
public import World

/// Finds long-term access keys for the check of signatures, in memory while nothing changed.
public final class AccessKeyCredentials: CredentialSource {
    private struct Known {
        let epoch: UInt64
        let lookup: CredentialLookup
    }

    private let store: Store
    private let secrets: KeySecrets
    private let epoch: Epoch
    private let known = ThreadShards<[String: Known]>([:])

    /// Forgotten all at once beyond this many; there are rarely as many keys in use.
    private static let capacity = 20_000

    public init(store: Store, secrets: KeySecrets, epoch: Epoch) {
        (self.store, self.secrets, self.epoch) = (store, secrets, epoch)
    }

    public func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup {
        // A token belongs to temporary keys only: a long-term key that comes with one is not what it says.
        guard sessionToken == nil else { return .badToken }
        let current = epoch.current
        if let known = known.withLock({ $0[accessKeyID] }), known.epoch == current { return known.lookup }
        let lookup = try store.read { snapshot in try find(accessKeyID, snapshot) }
        // Unknown ids are not kept: anybody can send any number of them.
        if case .unknown = lookup { return lookup }
        known.withLock { known in
            if known.count >= AccessKeyCredentials.capacity { known.removeAll() }
            known[accessKeyID] = Known(epoch: current, lookup: lookup)
        }
        return lookup
    }

    private func find(_ id: String, _ snapshot: borrowing Snapshot) throws -> CredentialLookup {
        guard let key = try AccessKey.find(id, snapshot) else { return .unknown }
        guard key.isActive else { return .inactive }
        guard let principal = try principal(of: key, snapshot) else { return .unknown }
        return .found(
            Credential(
                accessKeyID: id, secret: try secrets.open(key.sealedSecret, of: id), version: version(of: key),
                principal: principal))
    }

    /// Another secret, another number. A change elsewhere leaves it, so that keys derived from the secret stay in use.
    private func version(of key: AccessKey) -> UInt64 {
        SHA256.hash(key.sealedSecret).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func principal(of key: AccessKey, _ snapshot: borrowing Snapshot) throws -> Principal? {
        key.isRoot ? .root(key.account) : try User.find(id: key.owner, snapshot).map { .user($0.principal) }
    }
}
