import AWS
import Door
import Journal
public import Observers
import SecretsManagerAPI
public import Storage
import World

/// Keeps the day that each secret was last read on, by the journal: a read itself writes nothing.
/// - Source: Secrets Manager API Reference, "DescribeSecret", LastAccessedDate.
public final class SecretReads: Observer {
    /// For the log.
    public let name = "secrets last read"

    /// Keeps nothing: its cursor is in its table.
    public init() {}

    private static let recordsAtOnce: Int64 = 5000
    private static let day: Int64 = 86_400_000

    /// The next records, in one step.
    public func advance(_ snapshot: borrowing Snapshot) throws -> [ObserverStep] {
        let cursor = try SecretReads.cursor(snapshot)
        let end = try min(cursor + SecretReads.recordsAtOnce, Journal.recordCount(snapshot))
        guard cursor < end, let mark = try Journal.mark(at: end, snapshot) else { return [] }
        var days: [String: Int64] = [:]
        try Journal.successes(
            of: "GetSecretValue", to: "secretsmanager.amazonaws.com", from: cursor + 1, through: end, snapshot
        ) { time, subjects in
            for subject in subjects { days[subject.name] = time.milliseconds - time.milliseconds % SecretReads.day }
        }
        return [
            { [days] transaction in
                if days.isEmpty { transaction.changesOnlyRecords() }
                // After a reset, positions begin anew.
                guard try Journal.has(mark, transaction.snapshot),
                    try SecretReads.cursor(transaction.snapshot) == cursor
                else { return }
                for (arn, day) in days { try SecretReads.note(day, of: arn, &transaction) }
                try transaction.run(
                    """
                    INSERT INTO secret_read_cursor (id, position) VALUES (1, ?1)
                    ON CONFLICT (id) DO UPDATE SET position = excluded.position
                    """, .int(end))
            }
        ]
    }

    private static func cursor(_ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.number("SELECT position FROM secret_read_cursor WHERE id = 1")
    }

    private static func note(_ day: Int64, of arn: String, _ transaction: inout Transaction) throws {
        guard let arn = ARN(arn), let account = arn.accountID, let region = Region(arn.region) else { return }
        let (name, suffix) = SecretName.parts(String(arn.resource.dropFirst("secret:".utf8.count)))
        try transaction.run(
            """
            UPDATE secret SET accessed = ?1
            WHERE account = ?2 AND region = ?3 AND name = ?4 AND suffix = ?5 AND coalesce(accessed, 0) < ?1
            """, .int(day), .text(account.description), .text(region.description), .text(name), .textOrNull(suffix))
    }
}
