import Journal
public import Observers
public import Storage

/// Keeps the tables of who last used what, so that no answer has to read the journal.
public final class AccessObserver: Observer {
    /// For the log.
    public let name = "last accessed"

    /// Keeps nothing: its cursor is in its tables.
    public init() {}

    /// So few that callers' changes wait for milliseconds, even where each record is of somebody else.
    private static let recordsAtOnce: Int64 = 2000

    /// The next records, in one step.
    public func advance(_ snapshot: borrowing Snapshot) throws -> [ObserverStep] {
        let cursor = try GatheredUses.cursor(snapshot)
        let end = try min(cursor + AccessObserver.recordsAtOnce, Journal.recordCount(snapshot))
        guard cursor < end, let mark = try Journal.mark(at: end, snapshot) else { return [] }
        var gathered = GatheredUses()
        try Journal.uses(from: cursor + 1, through: end, snapshot) { gathered.add($0) }
        return [
            { [gathered] transaction in
                transaction.changesOnlyRecords()
                // After a reset, positions begin anew.
                guard try Journal.has(mark, transaction.snapshot),
                    try GatheredUses.cursor(transaction.snapshot) == cursor
                else { return }
                try gathered.store(&transaction)
                try transaction.run(
                    """
                    INSERT INTO iam_access_cursor (id, position) VALUES (1, ?1)
                    ON CONFLICT (id) DO UPDATE SET position = excluded.position
                    """, .int(end))
            }
        ]
    }
}
