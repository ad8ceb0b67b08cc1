import AWS
public import Authentication
import Authorization
public import Door
import IAMAPI
public import Storage
import World

/// Finds the policies of users and role sessions, in memory while nothing changed.
public final class IdentityPolicies: PolicySource {
    private final class Known: Sendable {
        let epoch: UInt64
        let policies: CallerPolicies

        init(epoch: UInt64, policies: CallerPolicies) { (self.epoch, self.policies) = (epoch, policies) }
    }

    /// A session's policies: good for the owner's they were made of, and so for the epoch of those, and for what the session
    /// brings along.
    private final class KnownSession: Sendable {
        let owner: CallerPolicies
        let session: SessionFacts
        let policies: CallerPolicies

        init(_ owner: CallerPolicies, _ session: SessionFacts, _ policies: CallerPolicies) {
            (self.owner, self.session, self.policies) = (owner, session, policies)
        }
    }

    private let changes: Epoch
    private let known = ThreadShards<[String: Known]>([:])
    /// By access key id.
    private let sessions = ThreadShards<[String: KnownSession]>([:])
    private let compiled = PolicyCache()

    private static let capacity = 20_000

    /// - Parameter epoch: counts the changes that make what is kept stale.
    public init(epoch: Epoch) { changes = epoch }

    /// As `Epoch` counts.
    public var epoch: UInt64 { changes.current }

    public func policies(
        of caller: Caller, in snapshot: borrowing Snapshot, asOf epoch: UInt64?
    ) throws -> CallerPolicies {
        let (policies, account): (CallerPolicies, AccountID)
        if case .federatedUser(let federated) = caller.principal, federated.issuer == nil {
            (policies, account) = (ofRoot(federated.account, asOf: epoch), federated.account)
        } else if let owner = OwnerOfPolicies(caller.principal) {
            (policies, account) = (try found(owner, snapshot, asOf: epoch), owner.account)
        } else {
            return .none
        }
        guard let session = caller.session, session.isNarrowed || !session.tags.isEmpty else { return policies }
        let key = caller.accessKeyID ?? ""
        if let known = sessions.withLock({ $0[key] }), known.owner === policies, known.session == session {
            return known.policies
        }
        let made = try inSession(session, policies, account, snapshot)
        sessions.withLock { sessions in
            if sessions.count >= IdentityPolicies.capacity { sessions.removeAll() }
            sessions[key] = KnownSession(policies, session, made)
        }
        return made
    }

    /// Of whom root vouches for: root's own rights, which only session policies limit. Others in another epoch, since what
    /// is made of them holds as long as they do.
    private func ofRoot(_ account: AccountID, asOf epoch: UInt64?) -> CallerPolicies {
        let id = account.description
        if let epoch, let known = known.withLock({ $0[id] }), known.epoch == epoch { return known.policies }
        let policies = CallerPolicies(identity: [
            NamedPolicy(
                compiled.policy(
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
                    as: .identity), name: "root")
        ])
        if let epoch { keep(Known(epoch: epoch, policies: policies), id) }
        return policies
    }

    private func found(
        _ owner: OwnerOfPolicies, _ snapshot: borrowing Snapshot, asOf epoch: UInt64?
    ) throws -> CallerPolicies {
        if let epoch, let known = known.withLock({ $0[owner.id] }), known.epoch == epoch { return known.policies }
        let policies = try load(owner, snapshot)
        if let epoch { keep(Known(epoch: epoch, policies: policies), owner.id) }
        return policies
    }

    private func keep(_ entry: Known, _ id: String) {
        known.withLock { known in
            if known.count >= IdentityPolicies.capacity { known.removeAll() }
            known[id] = entry
        }
    }

    /// The unique id whose policies count, and the account they are in.
    private struct OwnerOfPolicies {
        let id: String
        let account: AccountID
        let isRole: Bool

        init?(_ principal: Principal) {
            switch principal {
            case .user(let user): (id, account, isRole) = (user.uniqueID, user.account, false)
            case .roleSession(let session): (id, account, isRole) = (session.roleID, session.account, true)
            case .federatedUser(let federated):
                guard let user = federated.issuer else { return nil }
                (id, account, isRole) = (user.uniqueID, user.account, false)
            case .root, .bearer, .service, .anonymous: return nil
            }
        }
    }

    private func load(_ owner: OwnerOfPolicies, _ snapshot: borrowing Snapshot) throws -> CallerPolicies {
        var identity: [NamedPolicy] = []
        try add(of: owner.id, owner.account, to: &identity, snapshot)
        if !owner.isRole {
            let groups = try snapshot.rows("SELECT group_id FROM iam_member WHERE user_id = ?", .text(owner.id)) {
                $0.text(0)
            }
            for group in groups { try add(of: group, owner.account, to: &identity, snapshot) }
        }
        if !owner.isRole, let allowed = try changingOwnPassword(owner.id, owner.account, snapshot) {
            identity.append(allowed)
        }
        let boundary = try Boundary.of(owner.id, isRole: owner.isRole, snapshot)
        return CallerPolicies(
            identity: identity, boundary: try boundary.map { try managed($0, owner.account, snapshot) },
            tags: try Tags.of(owner.id, snapshot).map { ($0.key, $0.value) })
    }

    /// What the account's password policy allows a user, where it does.
    private func changingOwnPassword(
        _ user: String, _ account: AccountID, _ snapshot: borrowing Snapshot
    ) throws -> NamedPolicy? {
        guard try PasswordPolicy.find(account, snapshot)?.allowsChange == true,
            let user = try User.find(id: user, snapshot)
        else { return nil }
        return NamedPolicy(
            compiled.policy(PasswordPolicy.changingOwn(user.arn), as: .identity), name: "AllowUsersToChangePassword")
    }

    private func add(
        of owner: String, _ account: AccountID, to policies: inout [NamedPolicy], _ snapshot: borrowing Snapshot
    ) throws {
        for inline in try InlinePolicy.all(of: owner, snapshot) {
            policies.append(NamedPolicy(compiled.policy(inline.document, as: .identity), name: inline.name))
        }
        for arn in try AttachedPolicies.arns(of: owner, snapshot) {
            policies.append(try managed(arn, account, snapshot))
        }
    }

    /// A managed policy that is named but not there cannot be evaluated: it denies.
    private func managed(
        _ arn: String, _ account: AccountID, _ snapshot: borrowing Snapshot, as kind: PolicyKind = .managed
    ) throws -> NamedPolicy {
        guard let policy = try ManagedPolicy.inForce(arn, in: account, snapshot) else {
            return NamedPolicy(.broken(as: kind), name: arn, arn: arn)
        }
        return NamedPolicy(compiled.policy(policy.document, as: kind), name: policy.name, arn: arn)
    }

    private func inSession(
        _ session: SessionFacts, _ policies: CallerPolicies, _ account: AccountID, _ snapshot: borrowing Snapshot
    ) throws -> CallerPolicies {
        var tags = policies.tags
        for (key, value) in session.tags.sorted(by: { $0.key < $1.key }) {
            tags.removeAll { $0.key.lowercased() == key.lowercased() }
            tags.append((key, value))
        }
        var passed: [NamedPolicy] = []
        if let inline = session.sessionPolicy { passed.append(NamedPolicy(compiled.policy(inline, as: .session))) }
        for arn in session.sessionPolicyARNs { passed.append(try managed(arn, account, snapshot, as: .session)) }
        return policies.with(session: passed.isEmpty ? nil : passed, tags: tags)
    }
}
