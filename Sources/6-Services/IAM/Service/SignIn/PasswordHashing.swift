import Crypto
import IAMAPI
public import KeyVault
public import Smithy
import World

/// Hashes passwords with Argon2id and checks them, on a few threads of its own.
///
/// A hash costs tens of megabytes and of milliseconds by intent. However many people sign in at once, no more than these
/// threads work at it, and no more than `waiting` wait: the others are refused at once, and signed calls go on.
/// - Source: RFC 9106, section 4; OWASP Password Storage Cheat Sheet, "Argon2id".
public final class PasswordHashing: Sendable {
    private let vault: any KeyVault
    private let pool: BlockingPool

    /// What one hash costs.
    public enum Cost: Sendable {
        case full
        /// Next to nothing, for tests that make hundreds of houses.
        case slight

        /// One lane, for libargon2 would start a thread for each more.
        var parameters: Argon2id.Parameters {
            Argon2id.Parameters(memory: self == .full ? 47_104 : 64, passes: 1, lanes: 1)
        }
    }

    private let cost: Cost
    /// The form of what is sealed: parameters (three numbers of four bytes), a salt of 16 bytes and a hash of 32.
    private static let saltCount = 16
    private static let hashCount = 32

    /// - Parameter waiting: how many may wait for a thread.
    public init(_ vault: any KeyVault, cost: Cost = .full, threads: Int = 1, waiting: Int = 24) {
        (self.vault, self.cost) = (vault, cost)
        pool = BlockingPool("passwords", threads: threads, limit: waiting)
    }

    /// A sealed hash, which only the same owner's password opens.
    public func hash(_ password: String, for owner: String) async throws -> [UInt8] {
        try await run { [vault, cost] in
            let salt = SecureRandom.bytes(PasswordHashing.saltCount)
            let parameters = cost.parameters
            let hash = try PasswordHashing.derive(password, salt, parameters)
            var clear: [UInt8] = []
            for number in [parameters.memory, parameters.passes, parameters.lanes] { clear += number.bigEndianBytes }
            clear += salt + hash
            defer { clear.zero() }
            return try vault.seal(clear, for: .passwords, context: SealContext(owner))
        }
    }

    /// Whether `password` is the one of `sealed`. Where there is none, the same work is done for nothing, so that the time
    /// does not tell whether somebody has a password.
    public func matches(_ password: String, _ sealed: [UInt8]?, of owner: String) async throws -> Bool {
        try await run { [vault, cost] in
            guard let sealed else {
                _ = try PasswordHashing.derive(
                    password, [UInt8](repeating: 0, count: PasswordHashing.saltCount), cost.parameters)
                return false
            }
            return try PasswordHashing.matches(password, sealed, of: owner, vault)
        }
    }

    /// Whether `password` is one of several.
    func matchesAny(_ password: String, _ sealed: [[UInt8]], of owner: String) async throws -> Bool {
        guard !sealed.isEmpty else { return false }
        return try await run { [vault] in
            try sealed.contains { try PasswordHashing.matches(password, $0, of: owner, vault) }
        }
    }

    private static func matches(_ password: String, _ sealed: [UInt8], of owner: String, _ vault: any KeyVault) throws
        -> Bool
    {
        var clear = try vault.unseal(sealed, for: .passwords, context: SealContext(owner))
        defer { clear.zero() }
        guard clear.count == 12 + saltCount + hashCount else { return false }
        let numbers = (0..<3).map { UInt32(bigEndian: clear[($0 * 4)..<($0 * 4 + 4)]) }
        let parameters = Argon2id.Parameters(memory: numbers[0], passes: numbers[1], lanes: numbers[2])
        let hash = try derive(password, Array(clear[12..<(12 + saltCount)]), parameters)
        return constantTimeEquals(hash, Array(clear[(12 + saltCount)...]))
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ parameters: Argon2id.Parameters) throws -> [UInt8]
    {
        var bytes = Array(password.utf8)
        defer { bytes.zero() }
        return try Argon2id.hash(bytes, salt: salt, parameters: parameters, count: hashCount)
    }

    private func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        do { return try await pool.run(body) } catch is BlockingPool.Refusal { throw Throttled() }
    }
}

/// Too much of it at once; later it can succeed.
/// - Source: IAM API Reference, "Common Errors": ThrottlingException; SDKs know IAM's as `Throttling`.
public struct Throttled: ServiceError {
    /// As AWS SDKs know it: they try again after a while.
    public var code: String { "Throttling" }
    public var httpStatus: Int { 400 }
    public var message: String { "Rate exceeded" }

    public init() {}
}

extension UInt32 {
    fileprivate var bigEndianBytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) } }
    fileprivate init(bigEndian bytes: ArraySlice<UInt8>) { self = bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
