import AWS
public import Authentication
public import Storage
public import World

/// Refuses the temporary keys of roles and users that are no more, in memory while nothing changed.
///
/// A token says who it is for by unique id, so that a namesake of a deleted role brings none of its sessions back.
public final class LivingIssuers: CredentialSource {
    private let sessions: any CredentialSource
    private let store: Store
    private let epoch: Epoch
    /// Ids that were there, and at which epoch.
    private let known = ThreadShards<[String: UInt64]>([:])

    private static let capacity = 20_000

    /// - Parameter sessions: finds temporary keys, whether or not their role or user is still there.
    public init(_ sessions: any CredentialSource, store: Store, epoch: Epoch) {
        (self.sessions, self.store, self.epoch) = (sessions, store, epoch)
    }

    /// As the source says, but `.badToken` where the role or the user behind the session was deleted.
    public func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup {
        let lookup = try sessions.credential(accessKeyID: accessKeyID, sessionToken: sessionToken, now: now)
        guard case .found(let credential) = lookup, let id = LivingIssuers.id(credential.principal) else {
            return lookup
        }
        return try isThere(id) ? lookup : .badToken
    }

    private static func id(_ principal: Principal) -> String? {
        switch principal {
        case .roleSession(let session): session.roleID
        case .user(let user): user.uniqueID
        case .federatedUser(let user): user.issuer?.uniqueID
        case .root, .bearer, .service, .anonymous: nil
        }
    }

    private func isThere(_ id: String) throws -> Bool {
        let current = epoch.current
        if known.withLock({ $0[id] }) == current { return true }
        let isThere = try store.read { snapshot in
            try snapshot.exists(
                "SELECT 1 FROM iam_role WHERE id = ?1 UNION ALL SELECT 1 FROM iam_user WHERE id = ?1", .text(id))
        }
        guard isThere else { return false }
        known.withLock { known in
            if known.count >= LivingIssuers.capacity { known.removeAll() }
            known[id] = current
        }
        return true
    }
}
