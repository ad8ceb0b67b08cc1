import Crypto
import KeyVault
import Storage
import World

/// Challenges for security keys: random, for one owner and one purpose, good for five minutes and once.
///
/// A challenge carries its own end and a code that only this server can make, so that none is kept until it was used.
struct KeyChallenges: Sendable {
    enum Purpose: UInt8, Sendable { case register = 1, prove = 2 }

    let vault: any KeyVault

    private static let life: Int64 = 300_000
    private static let count = 24 + HMACSHA256.byteCount

    func make(_ purpose: Purpose, for owner: String, now: Instant) throws -> [UInt8] {
        let end = UInt64(bitPattern: now.milliseconds + KeyChallenges.life)
        let open = SecureRandom.bytes(16) + (0..<8).map { UInt8(truncatingIfNeeded: end >> (56 - 8 * UInt64($0))) }
        return open + (try code(open, purpose, owner))
    }

    /// Whether it was made for that and is not too old; whether it was used before tells `use`.
    func isGood(_ challenge: [UInt8], _ purpose: Purpose, for owner: String, now: Instant) throws -> Bool {
        guard challenge.count == KeyChallenges.count else { return false }
        let open = Array(challenge.prefix(24))
        guard constantTimeEquals(Array(challenge.dropFirst(24)), try code(open, purpose, owner)) else { return false }
        let end = KeyChallenges.end(of: challenge)
        return now.milliseconds < end && end <= now.milliseconds + KeyChallenges.life
    }

    private static func end(of challenge: [UInt8]) -> Int64 {
        Int64(bitPattern: challenge[16..<24].reduce(0) { $0 << 8 | UInt64($1) })
    }

    private func code(_ open: [UInt8], _ purpose: Purpose, _ owner: String) throws -> [UInt8] {
        let key = try vault.derive(.keyChallenges)
        return HMACSHA256.authenticate([purpose.rawValue] + Array(owner.utf8) + open, key: key)
    }

    /// Uses up one that is good. False where it was used before.
    static func use(_ challenge: [UInt8], now: Instant, _ transaction: inout Transaction) throws -> Bool {
        try transaction.run("DELETE FROM iam_key_challenge WHERE expires <= ?", .int(now.milliseconds))
        return try transaction.run(
            "INSERT OR IGNORE INTO iam_key_challenge (hash, expires) VALUES (?, ?)", .blob(SHA256.hash(challenge)),
            .int(end(of: challenge))) == 1
    }
}
