public import Door
public import KeyVault

/// What everything that deals with passwords shares: the threads that hash them, and the count of wrong ones.
public struct Passwords: Sendable {
    /// Hashes and compares.
    public let hashing: PasswordHashing
    /// Delays whoever guesses.
    public let attempts: PasswordAttempts

    /// - Parameter cost: anything but `full` is for tests.
    public init(_ vault: any KeyVault, cost: PasswordHashing.Cost = .full) {
        (hashing, attempts) = (PasswordHashing(vault, cost: cost), PasswordAttempts())
    }
}
