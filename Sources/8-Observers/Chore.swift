public import World

/// Work that falls due by the clock and at nobody's call, such as the end of a waiting period.
///
/// What is due counts as done wherever it is looked at: a chore that is late does no harm. It may be cut short by a crash
/// and begun again, so each of its transactions sees for itself whether it still fits.
public protocol Chore: Sendable {
    /// For the log.
    var name: String { get }

    /// Does some of what is due at `now`. True where there is more to do at once.
    func tend(_ now: Instant) async throws -> Bool
}
