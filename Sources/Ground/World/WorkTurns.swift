import CSystem

/// The turns of a thread that serves many callers: work of a fraction of a millisecond, such as a signature, is done on
/// that thread, one piece between two looks at everybody else.
///
/// Handing such a piece to another thread and waking up for its result costs a good part of the piece itself. What takes
/// longer, or blocks, goes to a `BlockingPool`.
public final class WorkTurns: @unchecked Sendable {
    // Touched by the thread that adopted it alone.
    private var waiting: [@Sendable () -> Void] = []

    /// How many may wait. Whoever comes after them is sent elsewhere, where other processors may be idle.
    public static let most = 8

    /// Nobody waits yet.
    public init() {}

    /// Makes the calling thread the one whose turns these are, until `abandon`.
    public func adopt() { gh_thread_turns_set(Unmanaged.passUnretained(self).toOpaque()) }

    /// No more turns are given out. Those that wait are still to be had by `next`.
    public func abandon() { gh_thread_turns_set(nil) }

    /// Whether nobody waits for a turn.
    public var isEmpty: Bool { waiting.isEmpty }

    /// Gives the turn to who has waited longest; false where nobody waits.
    @discardableResult
    public func next() -> Bool {
        guard !isEmpty else { return false }
        // Few wait.
        waiting.removeFirst()()
        return true
    }

    /// Waits for a turn on the calling thread. False, at once, where the thread gives none or too many wait: then the work
    /// is to be done elsewhere.
    public static func come() async -> Bool {
        await withUnsafeContinuation { continuation in
            guard let turns = current, turns.waiting.count < most else {
                return continuation.resume(returning: false)
            }
            turns.waiting.append { continuation.resume(returning: true) }
        }
    }

    private static var current: WorkTurns? {
        gh_thread_turns().map { Unmanaged<WorkTurns>.fromOpaque($0).takeUnretainedValue() }
    }
}
