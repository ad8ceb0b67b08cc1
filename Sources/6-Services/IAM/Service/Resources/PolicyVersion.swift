import Catalogue
import Storage
import World

/// One version of a managed policy's document.
struct PolicyVersion: Sendable {
    let number: Int
    let document: String
    let created: Instant

    var name: String { "v\(number)" }

    /// The number of a name such as `v3`; nil for anything else.
    static func number(_ name: String) -> Int? {
        guard name.hasPrefix("v"), let number = Int(name.dropFirst().prefix { $0 != "." }), number > 0 else {
            return nil
        }
        return number
    }

    static func find(_ number: Int, of policy: ManagedPolicy, _ snapshot: borrowing Snapshot) throws -> PolicyVersion? {
        if policy.isAWSManaged {
            guard number == policy.defaultVersion else { return nil }
            return awsManaged(policy)
        }
        return try snapshot.first(
            "SELECT number, document, created FROM iam_policy_version WHERE policy_id = ? AND number = ?",
            .text(policy.id),
            .number(number)
        ) { PolicyVersion(number: Int($0.int(0)), document: $0.text(1), created: Instant(milliseconds: $0.int(2))) }
    }

    /// Newest first, those below `number`.
    static func list(
        of policy: ManagedPolicy, below number: Int, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [PolicyVersion] {
        if policy.isAWSManaged { return policy.defaultVersion < number ? awsManaged(policy).map { [$0] } ?? [] : [] }
        return try snapshot.rows(
            """
            SELECT number, document, created FROM iam_policy_version
            WHERE policy_id = ? AND number < ? ORDER BY number DESC LIMIT ?
            """, .text(policy.id), .number(number), .number(limit)
        ) { PolicyVersion(number: Int($0.int(0)), document: $0.text(1), created: Instant(milliseconds: $0.int(2))) }
    }

    private static func awsManaged(_ policy: ManagedPolicy) -> PolicyVersion? {
        guard let resource = policy.arn.dropping(prefix: "arn:aws:iam::aws:policy/"),
            let found = ManagedPolicies.find(resource)
        else { return nil }
        return PolicyVersion(
            number: policy.defaultVersion, document: String(decoding: found.document, as: UTF8.self),
            created: policy.updated)
    }

    func insert(for policy: ManagedPolicy, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO iam_policy_version (policy_id, number, document, created) VALUES (?, ?, ?, ?)",
            .text(policy.id),
            .number(number), .text(document), .int(created.milliseconds))
        transaction.touch(.identity)
    }
}
