import Crypto
import KMSAPI
import KeyEngine
import World

/// Work with public halves. One that lies ready is used in a turn on the caller's thread where that is quick; the check of
/// a new one, which takes some milliseconds for a long RSA key, and the slower curves, are for threads of their own.
///
/// The store has them in clear, and nothing there binds one to its private half: who could write to the store could put
/// another in its place, and have texts encrypted to himself or signatures of his own found good. So before one is first
/// used or told, the private half, which is authenticated, signs something of the moment, and it must be good.
final class PublicKeys: Sendable {
    private let engine: any KeyEngine
    private let pool: BlockingPool
    /// By the private half: the public half that it was found to have.
    private let proven = BoundedCache<EngineKey, Half>(limit: 4096)
    private let proofs = SharedWork<Claim, Half>()

    /// That these bytes are the public half of a private one.
    private struct Claim: Hashable, Sendable {
        let privateHalf: EngineKey
        let bytes: [UInt8]
    }

    private struct Half: Sendable {
        let bytes: [UInt8]
        let info: PublicKeyInfo
    }

    init(_ engine: any KeyEngine, threads: Int = 2) {
        self.engine = engine
        pool = BlockingPool("public-keys", threads: threads, limit: 4096)
    }

    /// - Throws: `KeyUnavailableException` where too much is waiting.
    func run<Result: Sendable>(
        _ key: KMSKey, _ body: @escaping @Sendable (PublicKeyInfo) throws -> Result
    ) async throws -> Result {
        let info = try await proven(key).info
        if info.isQuick, await WorkTurns.come() { return try body(info) }
        return try await work { try body(info) }
    }

    /// SubjectPublicKeyInfo of the key as it is now.
    func half(of key: KMSKey) async throws -> [UInt8] { try await proven(key).bytes }

    /// The same; nil where it is still to be proven.
    func halfNow(of key: KMSKey) throws -> [UInt8]? { try known(key)?.bytes }

    private func known(_ key: KMSKey) throws -> Half? {
        let material = try key.currentMaterial()
        return try material.publicKey.flatMap { known(Claim(privateHalf: try key.engineKey(material), bytes: $0)) }
    }

    private func known(_ claim: Claim) -> Half? {
        proven[claim.privateHalf].flatMap { $0.bytes == claim.bytes ? $0 : nil }
    }

    private func proven(_ key: KMSKey) async throws -> Half {
        if let known = try known(key) { return known }
        let material = try key.currentMaterial()
        guard let bytes = material.publicKey else { throw Unreadable() }
        let claim = Claim(privateHalf: try key.engineKey(material), bytes: bytes)
        return try await proofs.result(for: claim) { [self] in
            // Another proof may have ended meanwhile.
            if let known = known(claim) { return known }
            let half = Half(bytes: bytes, info: try await prove(bytes, claim.privateHalf))
            proven.insert(half, for: claim.privateHalf)
            return half
        }
    }

    private static let label = Array("gatehouse: proof of a public half".utf8)

    private func prove(_ bytes: [UInt8], _ privateHalf: EngineKey) async throws -> PublicKeyInfo {
        guard case .pair(let kind) = privateHalf.kind,
            let algorithm = SigningAlgorithm.allCases.first(where: { $0.fits(kind) && engine.supports($0) })
        else { throw Unreadable() }
        let message = SignedMessage.raw(PublicKeys.label + SecureRandom.bytes(32))
        let signature = try await KeyWork.of { () throws(KeyEngineError) in
            try await engine.sign(message, by: algorithm, with: privateHalf)
        }
        return try await work {
            guard let info = PublicKeyInfo(der: bytes) else { throw Unreadable() }
            guard info.verifies(signature, of: message, by: algorithm) else { throw Foreign() }
            return info
        }
    }

    private func work<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        do { return try await pool.run(body) } catch is BlockingPool.Refusal {
            throw KMS.KeyUnavailableException(
                message: "The server has more to do than it can. You can retry the request.")
        }
    }

    /// What is stored is no public key.
    struct Unreadable: Error {}
    /// What is stored is the public half of another key.
    struct Foreign: Error {}
}
