import AWS
import Authorization
import Door
import IAMAPI
import Storage

/// Whatever policies can be put on or attached to: a user, a group or a role.
struct PolicyOwner: Sendable {
    let kind: EntityKind
    let account: AccountID
    let name: String
    let id: String
    /// The ARN of the permissions boundary of a user or role.
    let boundary: String?
    /// Whether only an AWS service may change its policies.
    let isServiceLinked: Bool

    init(_ user: User) {
        (kind, account, name, id, boundary) = (.user, user.account, user.name, user.id, user.boundary)
        isServiceLinked = false
    }
    init(_ group: Group) {
        (kind, account, name, id, boundary) = (.group, group.account, group.name, group.id, nil)
        isServiceLinked = false
    }
    init(_ role: Role) {
        (kind, account, name, id, boundary) = (.role, role.account, role.name, role.id, role.boundary)
        isServiceLinked = role.isServiceLinked
    }

    /// Throws for a role that only its service may change.
    func requireOwn() throws {
        if isServiceLinked { throw ServiceLinkedRole.unmodifiable(name) }
    }

    var boundaryKeys: [ConditionEntry] { boundary.map { [ConditionEntry(.iamPermissionsBoundary, $0)] } ?? [] }

    var inlineLimit: Int { PolicyOwner.inlineLimit(of: kind) }

    /// For the sum of its inline policies, white space not counted.
    static func inlineLimit(of kind: EntityKind) -> Int {
        switch kind {
        case .user: PolicyQuota.userInline
        case .role: PolicyQuota.roleInline
        default: PolicyQuota.groupInline
        }
    }

    /// - Source: IAM and STS quotas: managed policies attached, default.
    static let attachmentLimit = 10

    static func find(
        _ kind: EntityKind, _ name: String, in account: AccountID, _ snapshot: borrowing Snapshot
    ) throws -> Found<PolicyOwner> {
        let found: Found<PolicyOwner>
        switch kind {
        case .user: found = try User.find(name, in: account, snapshot).map(PolicyOwner.init)
        case .group: found = try Group.find(name, in: account, snapshot).map(PolicyOwner.init)
        default: found = try Role.find(name, in: account, snapshot).map(PolicyOwner.init)
        }
        return try found.tagged(by: found.record?.id, snapshot)
    }

    /// The account of a user, group or role by its unique id.
    static func account(ofID id: String, _ snapshot: borrowing Snapshot) throws -> AccountID? {
        try snapshot.first(
            """
            SELECT account FROM iam_user WHERE id = ?1
            UNION ALL SELECT account FROM iam_group WHERE id = ?1 UNION ALL SELECT account FROM iam_role WHERE id = ?1
            """, .text(id)
        ) { try AccountID.stored($0.text(0)) }
    }
}
