import AWS
import Catalogue
import Crypto
import Door
import IAMAPI
import Storage
import World

/// A managed policy: the account's own, or one of AWS's, which nobody can change.
struct ManagedPolicy: Sendable {
    let account: AccountID?
    let name: String
    let path: String
    /// `ANPA…`
    let id: String
    let arn: String
    let description: String?
    let created: Instant
    let updated: Instant
    /// Version numbers print as `v1`, `v2`, ….
    let defaultVersion: Int
    let lastVersion: Int

    var isAWSManaged: Bool { account == nil }

    /// How the ARNs of AWS's own begin.
    static let awsPrefix = "arn:aws:iam::aws:policy/"

    /// - Source: IAM and STS quotas.
    static let versionLimit = 5

    private init(_ row: borrowing Row) throws {
        account = try AccountID.stored(row.text(0))
        (name, path, id, arn) = (row.text(1), row.text(2), row.text(3), row.text(4))
        description = row.textOrNull(5)
        created = Instant(milliseconds: row.int(6))
        updated = Instant(milliseconds: row.int(7))
        (defaultVersion, lastVersion) = (Int(row.int(8)), Int(row.int(9)))
    }

    init(account: AccountID, name: String, path: String, id: String, description: String?, created: Instant) {
        (self.account, self.name, self.path, self.id) = (account, name, path, id)
        arn = EntityKind.policy.arn(account, path: path, name: name)
        (self.description, self.created, updated) = (description, created, created)
        (defaultVersion, lastVersion) = (1, 1)
    }

    /// Where the table has no id of AWS's, one is derived from the ARN. AWS's descriptions are not carried.
    private init(_ policy: Catalogue.ManagedPolicy) {
        account = nil
        (name, path, arn, description) = (policy.name, policy.path, policy.arn, nil)
        id = policy.id ?? EntityKind.policy.idPrefix + ManagedPolicy.derivedID(policy.arn)
        (created, updated) = (policy.created, policy.updated)
        defaultVersion = Int(policy.version.dropFirst()) ?? 1
        lastVersion = defaultVersion
    }

    private static func derivedID(_ arn: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        return String(decoding: SHA256.hash(Array(arn.utf8)).prefix(17).map { alphabet[Int($0) & 31] }, as: UTF8.self)
    }

    /// The policy of that ARN: AWS's, or one of `account`'s. Nil where there is none, or it is another account's.
    static func find(arn: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Found<ManagedPolicy>
    {
        if let resource = arn.dropping(prefix: awsPrefix) {
            return Found(
                record: ManagedPolicies.find(resource).map(ManagedPolicy.init), arn: arn, .policy, named: arn,
                absence: unattachable(arn))
        }
        let policy = try snapshot.first(
            """
            SELECT account, name, path, id, arn, description, created, updated, default_version, last_version
            FROM iam_policy WHERE arn = ? AND account = ?
            """, .text(arn), .text(account.description), make: ManagedPolicy.init)
        return Found(
            record: policy, arn: arn, .policy, named: arn, absence: "Policy \(arn) was not found.")
    }

    /// What decisions need of the policy of that ARN: its name and the document of its default version. Nil where there is
    /// none, or it is another account's. One statement, since it is asked for each policy of each caller.
    static func inForce(_ arn: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> (
        name: String, document: String
    )? {
        if let resource = arn.dropping(prefix: awsPrefix) {
            return ManagedPolicies.find(resource).map { ($0.name, String(decoding: $0.document, as: UTF8.self)) }
        }
        return try snapshot.first(
            """
            SELECT p.name, v.document FROM iam_policy p INDEXED BY iam_policy_in_force
            JOIN iam_policy_version v ON v.policy_id = p.id AND v.number = p.default_version
            WHERE p.arn = ? AND p.account = ?
            """, .text(arn), .text(account.description)
        ) { ($0.text(0), $0.text(1)) }
    }

    /// Whether AWS made it for its own use: for the roles of its services, or for sessions of root users.
    var isReserved: Bool {
        isAWSManaged && (path.hasPrefix(ServiceLinkedRole.pathPrefix) || path.hasPrefix("/root-task/"))
    }

    /// Throws where nobody can attach it to such an entity, or bound its rights by it.
    ///
    /// A service-linked role gets its policy when it is made, and by no call.
    /// - Source: IAM API Reference, `PolicyNotAttachable`; what is reserved and the words for users as captured from AWS
    ///   in radkawar/stackd, `internal/iam/managed/testdata/attachment_domains.json`; the words for roles as people quote
    ///   them.
    func checkAttachable(to kind: EntityKind) throws {
        guard isReserved else { return }
        throw IAM.PolicyNotAttachableException(
            message: kind == .role
                ? "Cannot attach a Service Role Policy to a Customer Role."
                : "Cannot attach AWS reserved policy to an IAM \(kind.rawValue).")
    }

    /// Whether the text can be the ARN of a managed policy at all.
    static func isARN(_ text: String) -> Bool {
        guard let arn = ARN(text) else { return false }
        return arn.service == "iam" && arn.resource.hasPrefix("policy/")
    }

    /// What is said of a policy that is to be used and is not there.
    static func unattachable(_ arn: String) -> String { "Policy \(arn) does not exist or is not attachable." }

    static func exists(name: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists(
            "SELECT 1 FROM iam_policy WHERE account = ? AND name_key = ?", .text(account.description),
            .text(name.lowercased()))
    }

    /// The account's own policies in the order of their names.
    static func list(
        in account: AccountID, pathPrefix: String, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [ManagedPolicy] {
        try snapshot.rows(
            """
            SELECT account, name, path, id, arn, description, created, updated, default_version, last_version
            FROM iam_policy
            WHERE account = ?1 AND name_key > ?2 AND substr(path, 1, length(?3)) = ?3 ORDER BY name_key LIMIT ?4
            """, .text(account.description), .text(marker), .text(pathPrefix), .number(limit), each: ManagedPolicy.init)
    }

    /// AWS's own from `index` on, in byte order of path and name.
    static func awsManaged(at index: Int) -> ManagedPolicy { ManagedPolicy(ManagedPolicies.policy(at: index)) }

    func insert(in transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_policy (account, name_key, name, path, id, arn, description, created, updated,
                                    default_version, last_version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .textOrNull(account?.description), .text(name.lowercased()), .text(name), .text(path), .text(id),
            .text(arn),
            .textOrNull(description), .int(created.milliseconds), .int(updated.milliseconds), .number(defaultVersion),
            .number(lastVersion))
        if let account { try Quota.policies.add(1, in: account, &transaction) }
        transaction.touch(.identity)
    }

    /// How many users, groups and roles of `account` it is attached to.
    func attachmentCount(in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Int {
        guard isAWSManaged else {
            return Int(
                try snapshot.number("SELECT count(*) FROM iam_attachment WHERE policy_arn = ?", .text(arn)))
        }
        let owners = try snapshot.rows("SELECT owner FROM iam_attachment WHERE policy_arn = ?", .text(arn)) {
            $0.text(0)
        }
        return try owners.filter { try PolicyOwner.account(ofID: $0, snapshot) == account }.count
    }

    func boundaryUsageCount(in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Int {
        Int(
            try snapshot.number(
                """
                SELECT (SELECT count(*) FROM iam_user WHERE account = ?1 AND boundary = ?2)
                     + (SELECT count(*) FROM iam_role WHERE account = ?1 AND boundary = ?2)
                """, .text(account.description), .text(arn)))
    }

    /// The shape of an answer; its description where the operation shows it.
    func shape(
        in account: AccountID, describing: Bool = false, tags: [IAM.Tag]? = nil, _ snapshot: borrowing Snapshot
    ) throws -> IAM.Policy {
        IAM.Policy(
            policyName: name, policyId: id, arn: arn, path: path, defaultVersionId: "v\(defaultVersion)",
            attachmentCount: try attachmentCount(in: account, snapshot),
            permissionsBoundaryUsageCount: try boundaryUsageCount(in: account, snapshot), isAttachable: true,
            description: describing ? description : nil, createDate: created, updateDate: updated, tags: tags)
    }
}

extension String {
    /// The rest after `prefix`; nil where it does not begin so.
    func dropping(prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
