import World

/// The value of a condition key for which somebody would have to search: what policies see before that was done, and whether
/// one of them looked.
public final class WatchedValue: Sendable {
    /// As policies see it.
    public let text: String
    private let seen: Lookout

    /// - Parameter lookout: learns of it where a policy looks.
    public init(_ text: String, seenBy lookout: Lookout) { (self.text, seen) = (text, lookout) }

    func look() -> String {
        seen.notice()
        return text
    }
}

/// Whether the policies that decide a call ask for what must be searched first.
public final class Lookout: Sendable {
    private let noticed = Lock(false)

    public init() {}

    /// Whether a policy looked at a value that it watches over.
    public var hasNoticed: Bool { noticed.withLock { $0 } }

    func notice() { noticed.withLock { $0 = true } }
}
