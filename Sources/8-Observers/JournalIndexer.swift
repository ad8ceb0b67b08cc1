public import Journal
public import Storage
import World

/// Keeps the journal's index, which `LookupEvents` and `GetAccessKeyLastUsed` find records by.
public final class JournalIndexer: Observer {
    public let name = "journal index"
    private let index: JournalIndex
    private let isChecked = Lock(false)

    public init(_ index: JournalIndex = JournalIndex()) { self.index = index }

    public func advance(_ snapshot: borrowing Snapshot) throws -> [ObserverStep] {
        guard try isWhole(snapshot) else { return [{ [index] transaction in try index.clear(in: &transaction) }] }
        return try index.next(snapshot).map { addition in
            { [index] transaction in
                transaction.changesOnlyRecords()
                try index.add(addition, in: &transaction)
            }
        }
    }

    /// Looked at once per process: only somebody else can have removed a part.
    private func isWhole(_ snapshot: borrowing Snapshot) throws -> Bool {
        if isChecked.withLock({ $0 }) { return true }
        let isWhole = try index.isWhole(snapshot)
        isChecked.withLock { $0 = isWhole }
        return isWhole
    }
}
