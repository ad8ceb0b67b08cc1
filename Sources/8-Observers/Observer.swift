public import Storage

/// Somebody who follows the journal: does after a commit what need not be done in it.
///
/// An observer sees committed records only, in their order. Its cursor is in its own tables and moves in the transaction of
/// what it did, so that after any crash it goes on where it was. It may look twice at the same records, so `advance` keeps
/// nothing anywhere but in the change it returns.
public protocol Observer: Sendable {
    /// For the log.
    var name: String { get }

    /// Looks behind its cursor. Returns the change to make now, which moves the cursor too; nil where there is nothing to do
    /// before the next commit. The runner asks again until it says nil, so that one step may be small.
    ///
    /// The store may have been reset between the look and the change: the change sees for itself whether it still fits.
    func advance(_ snapshot: borrowing Snapshot) throws -> ObserverStep?
}

/// One transaction's worth of an observer's work.
public typealias ObserverStep = @Sendable (inout Transaction) throws -> Void
