import S3API
import Storage

/// What replication a bucket has part in.
struct ReplicationPart: OptionSet, Sendable {
    let rawValue: Int64

    /// It has rules: what is stored in it is looked at.
    static let source = ReplicationPart(rawValue: 1)
    /// Replicas came into it, at some time: their versions have places that their ids do not tell.
    static let destination = ReplicationPart(rawValue: 2)
}

extension Bucket {
    /// Nil where there are no rules.
    func replicationRules(_ snapshot: borrowing Snapshot) throws -> ReplicationRules? {
        guard replication.contains(.source) else { return nil }
        return try snapshot.first("SELECT rules FROM s3_replication WHERE bucket = ?", .int(id)) {
            try snapshot.meaning(of: $0.text(0), in: id) { try ReplicationRules(stored: $0) }
        }
    }

    /// Nil takes them away, and with them what was found of them; what waits is then given up by the chore.
    func setReplicationRules(_ rules: ReplicationRules?, in transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_replication WHERE bucket = ?", .int(id))
        try transaction.run("DELETE FROM s3_replication_failure WHERE bucket = ?", .int(id))
        try transaction.run(
            "UPDATE s3_bucket SET replication = ? WHERE id = ?",
            .int((rules == nil ? replication.subtracting(.source) : replication.union(.source)).rawValue), .int(id))
        guard let rules else { return }
        try transaction.run(
            "INSERT INTO s3_replication (bucket, rules) VALUES (?, ?)", .int(id), .text(rules.stored))
    }

    /// Notes that a replica came.
    func noteReplica(in transaction: inout Transaction) throws {
        guard !replication.contains(.destination) else { return }
        try transaction.run(
            "UPDATE s3_bucket SET replication = replication | ? WHERE id = ?",
            .int(ReplicationPart.destination.rawValue), .int(id))
    }
}

/// How far the replication of an object is. Lies in its content's row, so that no bucket without replication pays for it.
/// - Source: S3 User Guide, "Getting replication status information".
enum ReplicationStatus: Int64, Sendable {
    case pending = 1
    case completed = 2
    case failed = 3
    /// It is a replica itself. It is replicated no further.
    case replica = 4

    var shape: S3.ReplicationStatus {
        switch self {
        case .pending: .pending
        case .completed: .init(rawValue: "COMPLETED")
        case .failed: .failed
        case .replica: .replica
        }
    }

    static func find(_ content: Int64, _ snapshot: borrowing Snapshot) throws -> ReplicationStatus? {
        try snapshot.first("SELECT replication FROM s3_content WHERE id = ?", .int(content)) {
            $0.intOrNull(0).flatMap { ReplicationStatus(rawValue: $0) }
        } ?? nil
    }

    func put(on content: Int64, in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE s3_content SET replication = ? WHERE id = ?", .int(rawValue), .int(content))
    }
}
