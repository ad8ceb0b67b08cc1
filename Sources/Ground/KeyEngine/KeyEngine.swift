public import Crypto
public import KeyVault

/// Where KMS keys live and work: in this process under the vault's root, or in a PKCS#11 device.
///
/// Callers keep keys wrapped, as `EngineKey`, and hand them in for every use; only the engine that wrapped a key can use it,
/// and only for the same context. Nothing an engine gives out holds key material in clear, save what `dataPair` is for.
///
/// Every `async` call may wait for a device or for a thread, and never blocks the loop it is called on. The calls that end
/// in `Now` wait for nothing: they give nil where the engine would have to.
public protocol KeyEngine: Sendable {
    /// What this engine is and whether it can be reached, for people.
    var status: EngineStatus { get }

    /// The same, asked of a device at this moment.
    func probe() async -> EngineStatus

    /// Whether that is the password by which the engine is logged in at its device; nil where there is none to compare with.
    /// Default: nil.
    func isLoggedIn(with password: borrowing SecretBytes) -> Bool?

    /// Whether it makes and uses keys of the kind. What it does not is refused as `.unsupported`.
    func supports(_ kind: KeyMaterialKind) -> Bool
    /// Whether it signs with the algorithm, given a key of a fitting kind.
    func supports(_ algorithm: SigningAlgorithm) -> Bool

    /// What new material that encrypts texts is made as: `.textKeys`, or `.aes256` where keys of texts would leave a device.
    var textMaterial: KeyMaterialKind { get }

    // MARK: Making

    /// A fresh key.
    func generate(_ kind: KeyMaterialKind, for context: SealContext) async throws(KeyEngineError) -> GeneratedKey

    /// Takes a key made elsewhere: the raw bytes of a symmetric one, PKCS #8 in DER of a pair.
    /// - Throws: `.invalid` where the material is not of the kind.
    func take(
        _ material: consuming SecretBytes, as kind: KeyMaterialKind, for context: SealContext
    ) async throws(KeyEngineError) -> GeneratedKey

    /// Takes a key that its owner encrypted for us: `ImportKeyMaterial`.
    /// - Parameter wrappingKey: an RSA pair of this engine, whose public half the owner was given.
    /// - Throws: `.invalid` where the ciphertext does not open or holds no key of the kind.
    func takeEncrypted(
        _ ciphertext: [UInt8], by wrapping: ImportWrapping, under wrappingKey: EngineKey, as kind: KeyMaterialKind,
        for context: SealContext
    ) async throws(KeyEngineError) -> GeneratedKey

    // MARK: Roots

    /// How every key begins that is wrapped under the present root.
    var presentStart: [UInt8] { get }
    /// Whether keys may still be wrapped under the root before the present one: the engine uses them, and `rewrap` takes them
    /// over.
    var hasFormer: Bool { get }
    /// Whether new keys under the former root are to be stored no more; those that are stored stay of use.
    func refuseFormer(_ refuses: Bool)
    /// Ends that: keys under the former root are `.notOurs` from now on.
    func forgetFormer()
    /// Whether the key is under a root of this engine, so that it may be stored. A key that was made before a change of the
    /// root, and is to be stored after its end, is not.
    func keeps(_ key: WrappedKey) -> Bool

    /// The same key for another context (a replica), or newly wrapped for its own, under the present root.
    func rewrap(_ key: EngineKey, for context: SealContext) async throws(KeyEngineError) -> EngineKey

    /// Random bytes of the engine's own generator.
    func random(_ count: Int) async throws(KeyEngineError) -> [UInt8]
    /// As `random`; nil where the engine might wait. Default: nil.
    func randomNow(_ count: Int) throws(KeyEngineError) -> [UInt8]?

    /// A pair whose private half is meant to leave: `GenerateDataKeyPair`.
    func dataPair(_ kind: KeyPairKind) async throws(KeyEngineError) -> DataPair

    // MARK: Using

    /// AES-256-GCM with a fresh random nonce: nonce (12 bytes), ciphertext, tag (16). With a key of `.textKeys`, 16 random
    /// bytes before that, which make the key of the text.
    ///
    /// No key of `.aes256` may seal more than 2³² texts (NIST SP 800-38D, section 8.3). No engine counts them: rotate a key
    /// that comes near (decision 0015).
    func seal(_ clear: [UInt8], associated: [UInt8], with key: EngineKey) async throws(KeyEngineError) -> [UInt8]
    /// Opens what `seal` gave.
    /// - Throws: `.invalid` where text, tag or associated bytes are not those.
    func open(_ sealed: [UInt8], associated: [UInt8], with key: EngineKey) async throws(KeyEngineError) -> [UInt8]
    /// As `seal`; nil where the engine might wait.
    func sealNow(_ clear: [UInt8], associated: [UInt8], with key: EngineKey) throws(KeyEngineError) -> [UInt8]?
    /// As `open`; nil where the engine might wait.
    func openNow(_ sealed: [UInt8], associated: [UInt8], with key: EngineKey) throws(KeyEngineError) -> [UInt8]?

    /// The message's HMAC with the algorithm of the key's kind.
    func mac(_ message: [UInt8], with key: EngineKey) async throws(KeyEngineError) -> [UInt8]
    /// As `mac`; nil where the engine might wait.
    func macNow(_ message: [UInt8], with key: EngineKey) throws(KeyEngineError) -> [UInt8]?

    /// A signature as AWS KMS gives it: ECDSA's in DER (RFC 3279, section 2.2.3).
    /// - Throws: `.invalid` where the key, the message's form or the digest's length do not fit the algorithm.
    func sign(
        _ message: SignedMessage, by algorithm: SigningAlgorithm, with key: EngineKey
    ) async throws(KeyEngineError) -> [UInt8]

    /// Decrypts RSAES-OAEP.
    /// - Throws: `.invalid`, always the same one, where the ciphertext is not for this key.
    func decrypt(_ ciphertext: [UInt8], by digest: OAEPDigest, with key: EngineKey) async throws(KeyEngineError)
        -> [UInt8]

    /// The x coordinate that the key and a peer's public key agree on (SP 800-56A, section 5.7.1.2).
    /// - Parameter peer: SubjectPublicKeyInfo in DER.
    /// - Throws: `.invalid` where the peer's key is none, or lies on another curve.
    func agree(withPeer peer: [UInt8], with key: EngineKey) async throws(KeyEngineError) -> [UInt8]

    /// Drops what the engine keeps ready for a key. To be called when one is disabled or deleted.
    func forget(_ key: EngineKey)
}

extension KeyEngine {
    /// Nil: there is no device.
    public func isLoggedIn(with password: borrowing SecretBytes) -> Bool? { nil }

    /// Nil: it might wait.
    public func randomNow(_ count: Int) throws(KeyEngineError) -> [UInt8]? { nil }

    /// Whether the key is wrapped under the present root.
    public func isCurrent(_ key: EngineKey) -> Bool { key.wrapped.bytes.starts(with: presentStart) }
}
