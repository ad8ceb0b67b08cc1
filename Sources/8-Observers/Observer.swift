public import Storage

/// Somebody who follows the journal: does after a commit what need not be done in it.
///
/// An observer sees committed records only, in their order. Its cursor is in its own tables and moves in the transaction of
/// what it did, so that after any crash it goes on where it was. It may look twice at the same records, so `advance` keeps
/// nothing anywhere but in the change it returns.
public protocol Observer: Sendable {
    /// For the log.
    var name: String { get }

    /// Looks behind its cursor. Returns the steps to make now, in this order, the last of which moves the cursor; none where
    /// there is nothing to do before the next commit. The runner asks again until there are none, so that little may be done
    /// at a time.
    ///
    /// The store may have been reset between the look and a step, or the steps before it cut short by a crash: each sees for
    /// itself whether it still fits, and does no harm if done twice.
    func advance(_ snapshot: borrowing Snapshot) throws -> [ObserverStep]
}

/// One transaction's worth of an observer's work: short, because callers' changes wait for it.
public typealias ObserverStep = @Sendable (inout Transaction) throws -> Void
