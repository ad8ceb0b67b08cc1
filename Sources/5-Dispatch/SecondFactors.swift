public import AWS
public import Storage
public import World

/// The second factors of users and of root users, for whoever asks for one: sign-in, and calls that bring a code.
///
/// Nothing here says whether a first factor was good: ask only after it was checked, and tell nobody which of the two was
/// wrong.
public protocol SecondFactors: Sendable {
    /// What the principal can prove itself with, by serial number; empty for whoever is neither a user nor root.
    func devices(of principal: Principal, in snapshot: borrowing Snapshot) throws -> [SecondFactor]

    /// Checks a code and uses it up, in a write of its own that is synced before the answer. Wrong codes are counted.
    /// - Parameter serial: the device that showed it; nil for any of the principal's.
    func check(code: String, serial: String?, of principal: Principal, now: Instant) async throws -> FactorCheck
}

/// A device that is enabled for somebody.
public struct SecondFactor: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Shows codes: an app or a token.
        case codes
        /// A FIDO security key.
        case securityKey
    }

    /// An ARN, or the number of a hardware token.
    public let serial: String
    public let kind: Kind

    /// A device by what it is called.
    public init(serial: String, kind: Kind) { (self.serial, self.kind) = (serial, kind) }
}

/// What became of a second factor that somebody brought.
public enum FactorCheck: Sendable, Hashable {
    /// Good, and used up.
    case proved(serial: String)
    /// Wrong, or used before.
    case wrong
    /// The principal has no such device.
    case noDevice
    /// Too many were wrong; nothing was looked at, and nothing counted.
    case locked(until: Instant)
}
