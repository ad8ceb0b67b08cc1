import Crypto
import KMSAPI
import KeyEngine
import World

/// Work with public halves, beside the event loops.
///
/// The store has them in clear, and nothing there binds one to its private half: who could write to the store could put
/// another in its place, and have texts encrypted to himself or signatures of his own found good. So before one is first
/// used or told, the private half, which is authenticated, signs something of the moment, and it must be good.
final class PublicKeys: Sendable {
    private let engine: any KeyEngine
    private let pool: BlockingPool
    /// By the private half: the public half that it was found to have.
    private let proven = BoundedCache<EngineKey, [UInt8]>(limit: 4096)

    init(_ engine: any KeyEngine, threads: Int = 2) {
        self.engine = engine
        pool = BlockingPool("public-keys", threads: threads, limit: 4096)
    }

    /// - Throws: `KeyUnavailableException` where too much is waiting.
    func run<Result: Sendable>(
        _ key: KMSKey, _ body: @escaping @Sendable (PublicKeyInfo) throws -> Result
    ) async throws -> Result {
        try await read(try await half(of: key), body)
    }

    /// SubjectPublicKeyInfo of the key as it is now.
    func half(of key: KMSKey) async throws -> [UInt8] {
        if let ready = try halfNow(of: key) { return ready }
        let material = try key.currentMaterial()
        let privateHalf = try key.engineKey(material)
        guard let bytes = material.publicKey else { throw Unreadable() }
        try await prove(bytes, privateHalf)
        proven.insert(bytes, for: privateHalf)
        return bytes
    }

    /// The same; nil where it is still to be proven.
    func halfNow(of key: KMSKey) throws -> [UInt8]? {
        let material = try key.currentMaterial()
        guard let known = proven[try key.engineKey(material)], known == material.publicKey else { return nil }
        return known
    }

    private static let label = Array("gatehouse: proof of a public half".utf8)

    private func prove(_ bytes: [UInt8], _ privateHalf: EngineKey) async throws {
        guard case .pair(let kind) = privateHalf.kind,
            let algorithm = SigningAlgorithm.allCases.first(where: { $0.fits(kind) && engine.supports($0) })
        else { throw Unreadable() }
        let message = SignedMessage.raw(PublicKeys.label + SecureRandom.bytes(32))
        let signature = try await KeyWork.of { () throws(KeyEngineError) in
            try await engine.sign(message, by: algorithm, with: privateHalf)
        }
        guard try await read(bytes, { $0.verifies(signature, of: message, by: algorithm) }) else { throw Foreign() }
    }

    private func read<Result: Sendable>(
        _ bytes: [UInt8], _ body: @escaping @Sendable (PublicKeyInfo) throws -> Result
    ) async throws -> Result {
        let work: @Sendable () throws -> Result = {
            guard let info = PublicKeyInfo(der: bytes) else { throw Unreadable() }
            return try body(info)
        }
        // Of all kinds quick: RSA's exponents are small, and a check on the slowest curve takes about a millisecond.
        if await WorkTurns.come() { return try work() }
        do { return try await pool.run(work) } catch is BlockingPool.Refusal {
            throw KMS.KeyUnavailableException(
                message: "The server has more to do than it can. You can retry the request.")
        }
    }

    /// What is stored is no public key.
    struct Unreadable: Error {}
    /// What is stored is the public half of another key.
    struct Foreign: Error {}
}
