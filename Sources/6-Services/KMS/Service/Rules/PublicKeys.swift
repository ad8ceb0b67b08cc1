import Crypto
import KMSAPI
import World

/// Work with public halves, which the store has in clear: no engine is asked, and it is done beside the event loops.
final class PublicKeys: Sendable {
    private let pool: BlockingPool

    init(threads: Int = 2) { pool = BlockingPool("public-keys", threads: threads, limit: 4096) }

    /// - Throws: `KeyUnavailableException` where too much is waiting.
    func run<Result: Sendable>(
        _ key: KMSKey, _ body: @escaping @Sendable (PublicKeyInfo) throws -> Result
    ) async throws -> Result {
        let bytes = try key.currentMaterial().publicKey
        do {
            return try await pool.run {
                guard let bytes, let info = PublicKeyInfo(der: bytes) else { throw Unreadable() }
                return try body(info)
            }
        } catch is BlockingPool.Refusal {
            throw KMS.KeyUnavailableException(
                message: "The server has more to do than it can. You can retry the request.")
        }
    }

    /// What is stored is no public key.
    struct Unreadable: Error {}
}
