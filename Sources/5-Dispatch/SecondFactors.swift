public import AWS
import HTTP
public import Storage
public import World

/// The second factors of users and of root users, for whoever asks for one: sign-in, and calls that bring a code.
///
/// Nothing here says whether a first factor was good: ask only after it was checked, and tell nobody which of the two was
/// wrong.
public protocol SecondFactors: Sendable {
    /// What the principal can prove itself with, by serial number; empty for whoever is neither a user nor root.
    func devices(of principal: Principal, in snapshot: borrowing Snapshot) throws -> [SecondFactor]

    /// Checks a code and uses it up, in a write of its own that is synced before the answer. Wrong codes are counted, by
    /// where they come from.
    /// - Parameter serial: the device that showed it; nil for any of the principal's.
    func check(
        code: String, serial: String?, of principal: Principal, from place: FactorPlace, now: Instant
    ) async throws -> FactorCheck
}

/// Where a code comes from: guesses from one place do not keep the device's owner out at another.
public struct FactorPlace: Sendable, Hashable {
    /// What had to be known before a code could be brought at all.
    public enum Way: String, Sendable {
        /// A call: the secret of an access key.
        case call
        /// The console: the password.
        case console
    }

    public let way: Way
    /// As far as it is one customer's: `ConnectionFacts.customerAddress`.
    public let address: String

    /// A way, and an address it was taken from.
    public init(_ way: Way, from address: String) { (self.way, self.address) = (way, address) }
}

extension RequestFacts {
    /// Where a code that comes with this call comes from.
    public var factorPlace: FactorPlace { FactorPlace(.call, from: connection.customerAddress) }
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
