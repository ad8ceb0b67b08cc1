import AWS
public import Authentication
public import Storage
public import World

/// Refuses the temporary keys of roles and users that are no more, and has those of renamed users speak for them under
/// their present names; in memory while nothing changed.
///
/// A token says who it is for by unique id, so that a namesake of a deleted role brings none of its sessions back, and
/// whoever takes over the name of a renamed user gets no call of the former one.
/// - Source: IAM User Guide, "IAM identifiers": unique ids; "Rename an IAM user": what belongs to a user follows it.
public final class LivingIssuers: CredentialSource {
    private let sessions: any CredentialSource
    private let store: Store
    private let epoch: Epoch
    /// By unique id.
    private let known = ThreadShards<[String: Known]>([:])
    /// By access key id.
    private let renamed = ThreadShards<[String: Renamed]>([:])

    /// Who is behind a session, as it was at an epoch.
    private struct Known {
        let epoch: UInt64
        let issuer: Issuer
    }

    private enum Issuer {
        /// Roles keep their names.
        case role
        case user(UserPrincipal)
    }

    /// The credential of a token that bears an old name, and the same under the present one.
    private struct Renamed {
        let token: Credential
        let credential: Credential
    }

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
        switch try issuer(id) {
        case nil: return .badToken
        case .role: return lookup
        case .user(let user):
            guard let principal = LivingIssuers.present(credential.principal, user) else { return lookup }
            return .found(present(credential, principal))
        }
    }

    private static func id(_ principal: Principal) -> String? {
        switch principal {
        case .roleSession(let session): session.roleID
        case .user(let user): user.uniqueID
        case .federatedUser(let user): user.issuer?.uniqueID
        case .root, .bearer, .service, .anonymous: nil
        }
    }

    /// The principal of a token under its user's present name and path; nil where it bears them.
    private static func present(_ principal: Principal, _ user: UserPrincipal) -> Principal? {
        switch principal {
        case .user(let former):
            return former.name == user.name && former.path == user.path ? nil : .user(user)
        case .federatedUser(let federated):
            guard let former = federated.issuer, former.name != user.name || former.path != user.path else {
                return nil
            }
            return .federatedUser(
                FederatedUserPrincipal(account: federated.account, name: federated.name, issuer: user))
        case .roleSession, .root, .bearer, .service, .anonymous: return nil
        }
    }

    private func present(_ token: Credential, _ principal: Principal) -> Credential {
        let key = token.accessKeyID
        if let known = renamed.withLock({ $0[key] }), known.token === token,
            known.credential.principal == principal
        {
            return known.credential
        }
        let made = token.speaking(for: principal)
        renamed.withLock { renamed in
            if renamed.count >= LivingIssuers.capacity { renamed.removeAll() }
            renamed[key] = Renamed(token: token, credential: made)
        }
        return made
    }

    /// Nil where it is no more.
    private func issuer(_ id: String) throws -> Issuer? {
        let current = epoch.current
        if let known = known.withLock({ $0[id] }), known.epoch == current { return known.issuer }
        let found = try store.read { snapshot throws -> Issuer? in
            if let user = try User.find(id: id, snapshot) { return .user(user.principal) }
            return try snapshot.exists("SELECT 1 FROM iam_role WHERE id = ?", .text(id)) ? .role : nil
        }
        guard let found else { return nil }
        known.withLock { known in
            if known.count >= LivingIssuers.capacity { known.removeAll() }
            known[id] = Known(epoch: current, issuer: found)
        }
        return found
    }
}
