public import Crypto
public import KeyVault
import World

/// Keys of KMS in this process, wrapped under the vault's root.
///
/// A key is unwrapped into guarded memory when it is used and stays ready for a while, bounded in number, until `forget`.
/// Ciphers and MACs run where they are called, in about a microsecond; quick pairs when the caller's thread has a turn for
/// them; what takes longer, on threads of the engine's own.
public final class SoftwareKeyEngine: KeyEngine {
    let wrapping: SoftwareRoots
    let symmetric: BoundedCache<EngineKey, PreparedKey>
    let pairs: BoundedCache<EngineKey, PreparedKey>
    let nonces = NonceSource()
    let signers: BlockingPool
    /// Of pairs: an RSA key takes a second, for which no signature should wait.
    let makers: BlockingPool

    /// - Parameters:
    ///   - former: the vault's key for this purpose before its root was changed, while keys are still wrapped under it.
    ///   - threads: on which signatures are made; as many as there are processors.
    public convenience init(
        _ vault: any KeyVault, former: SecretKeeper? = nil, threads: Int, limits: KeyCacheLimits = .usual
    ) throws(KeyVaultError) {
        let roots = SoftwareRoots(
            try SoftwareWrapping(vault), former: former.map { SoftwareWrapping($0.secret.copy()) })
        self.init(roots, threads: threads, limits: limits)
    }

    init(_ roots: SoftwareRoots, threads: Int, limits: KeyCacheLimits = .usual) {
        wrapping = roots
        symmetric = BoundedCache(limit: limits.symmetric)
        pairs = BoundedCache(limit: limits.pairs)
        signers = BlockingPool("key-use", threads: max(1, threads), limit: 4096)
        makers = BlockingPool("key-make", threads: 1, limit: 64)
    }

    /// What is made from now on is wrapped under the vault's new key; keys under the present one stay of use.
    public func move(to next: SecretKeeper) { wrapping.move(to: SoftwareWrapping(next.secret.copy())) }

    /// The software root, always there.
    public var status: EngineStatus { EngineStatus(root: .software, isAvailable: true) }
    /// There is nobody to ask.
    public func probe() async -> EngineStatus { status }
    /// All kinds.
    public func supports(_ kind: KeyMaterialKind) -> Bool { true }
    /// All.
    public func supports(_ algorithm: SigningAlgorithm) -> Bool { true }

    /// A key for each text.
    public var textMaterial: KeyMaterialKind { .textKeys }

    /// Its schedule or numbers are zeroed as soon as nobody uses them.
    public func forget(_ key: EngineKey) {
        symmetric.remove(key)
        pairs.remove(key)
    }

    /// How many keys lie ready.
    public var readyKeys: Int { symmetric.count + pairs.count }

    /// Uses a pair: one that is quick and lies ready in a turn of the calling thread, others on a thread of the engine's.
    func using<Result: Sendable>(
        _ key: EngineKey, _ body: @escaping @Sendable (KeyPair) throws(KeyPair.Failure) -> Result
    ) async throws(KeyEngineError) -> Result {
        guard case .pair(let kind) = key.kind else { throw Usage.wrongKind }
        if kind.isQuick, let ready = pairs[key], await WorkTurns.come() { return try use(ready, body) }
        return try await signers.engineRun { [self] () throws(KeyEngineError) in try use(ready(pairs, key), body) }
    }

    private func use<Result>(
        _ key: PreparedKey, _ body: (KeyPair) throws(KeyPair.Failure) -> Result
    ) throws(KeyEngineError) -> Result {
        guard case .pair(let pair) = key else { throw Usage.wrongKind }
        do throws(KeyPair.Failure) { return try body(pair) } catch {
            switch error {
            case .unfit: throw Usage.unopened
            case .failed: throw .failed("OpenSSL could not use the key")
            }
        }
    }

    func ready(_ cache: BoundedCache<EngineKey, PreparedKey>, _ key: EngineKey) throws(KeyEngineError)
        -> PreparedKey
    {
        if let ready = cache[key] { return ready }
        let material = try wrapping.unwrap(key)
        let made = try PreparedKey(material, as: key.kind, isOurs: true)
        cache.insert(made, for: key)
        return made
    }
}

/// How many keys an engine keeps ready for their next use.
public struct KeyCacheLimits: Sendable {
    /// Of AES and HMAC, and of pairs, which are larger.
    public let symmetric, pairs: Int

    /// Numbers of one's own.
    public init(symmetric: Int, pairs: Int) { (self.symmetric, self.pairs) = (symmetric, pairs) }

    /// A few megabytes.
    public static let usual = KeyCacheLimits(symmetric: 4096, pairs: 512)
}
