import Crypto
import KeyVault
import World

/// Wraps keys under the vault: AES-256-GCM, with a wrapping key for each account.
///
/// A wrapped key is version (4), the tag of the root it is under (8), nonce (12 random bytes), ciphertext and tag (16). Kind and
/// context are authenticated. In version 1, which is no longer written, the root's tag was not there. The wrapping key is
/// derived (HKDF-SHA256) from the vault's key of this purpose and the first two parts of the context. KMS begins its contexts
/// with a word for what is wrapped (`kms`, `kms-import-digest`) and the account, and with `kms-import` and the key's ARN for
/// what imports are encrypted to. No Region is among them: a multi-Region key has one material for all.
/// - Source: NIST SP 800-38D; RFC 5869.
final class SoftwareWrapping: Sendable {
    private let purposeKey: SecretBytes
    private let scopes = BoundedCache<ArraySlice<UInt8>, AESGCM>(limit: 1024)
    /// What a key wrapped under this root begins with.
    let start: [UInt8]

    static let (version, untagged): (UInt8, UInt8) = (4, 1)
    private static let tagByteCount = 8
    private static let salt = Array("gatehouse key engine 1".utf8)
    private static let overhead = AESGCM.nonceByteCount + AESGCM.tagByteCount

    convenience init(_ vault: any KeyVault) throws(KeyVaultError) { self.init(try vault.derive(.serviceKeys)) }

    /// - Parameter purposeKey: the vault's, of service keys.
    init(_ purposeKey: consuming SecretBytes) {
        let tag = HKDF.derive(
            from: purposeKey, salt: SoftwareWrapping.salt, info: Array("tag".utf8),
            count: SoftwareWrapping.tagByteCount)
        start = [SoftwareWrapping.version] + tag.revealed()
        self.purposeKey = purposeKey
    }

    /// Whether a software engine wrapped it, under whatever root.
    static func isOfSoftware(_ wrapped: WrappedKey) -> Bool {
        wrapped.bytes.first == version || wrapped.bytes.first == untagged
    }

    func wrap(_ material: borrowing SecretBytes, _ kind: KeyMaterialKind, for context: SealContext) -> EngineKey {
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        let sealed = wrapper(context).seal(
            material, nonce: nonce, associated: SoftwareWrapping.associated(kind, context))
        return EngineKey(WrappedKey(bytes: start + nonce + sealed), kind, for: context)
    }

    func unwrap(_ key: EngineKey) throws(KeyEngineError) -> SecretBytes {
        let bytes = key.wrapped.bytes
        let head = bytes.first == SoftwareWrapping.untagged ? 1 : start.count
        guard bytes.count >= head + SoftwareWrapping.overhead, head == 1 || bytes.starts(with: start) else {
            throw .notOurs
        }
        let end = head + AESGCM.nonceByteCount
        do {
            return try wrapper(key.context).openSecret(
                bytes[end...], nonce: Array(bytes[head..<end]),
                associated: SoftwareWrapping.associated(key.kind, key.context))
        } catch { throw .notOurs }
    }

    private func wrapper(_ context: SealContext) -> AESGCM {
        let scope = context.leading(2)
        if let ready = scopes[scope] { return ready }
        let made = AESGCM(
            key: HKDF.derive(
                from: purposeKey, salt: SoftwareWrapping.salt, info: Array(scope), count: AESGCM.keyByteCount))
        scopes.insert(made, for: scope)
        return made
    }

    private static func associated(_ kind: KeyMaterialKind, _ context: SealContext) -> [UInt8] {
        [kind.code] + context.bytes
    }
}

/// The wrapping under the present root, and under the one before it while keys are still there.
final class SoftwareRoots: Sendable {
    private let roots: Lock<(present: SoftwareWrapping, former: SoftwareWrapping?, refusesFormer: Bool)>

    init(_ present: SoftwareWrapping, former: SoftwareWrapping?) {
        roots = Lock((present, former, false))
    }

    var present: SoftwareWrapping { roots.withLock { $0.present } }
    var former: SoftwareWrapping? { roots.withLock { $0.former } }

    /// What is wrapped from now on is under `next`.
    func move(to next: SoftwareWrapping) { roots.withLock { $0 = (next, $0.present, false) } }
    /// What is under the former root is of no use any more.
    func forgetFormer() { roots.withLock { ($0.former, $0.refusesFormer) = (nil, false) } }
    /// Whether what is under it is to be stored no more.
    func refuseFormer(_ refuses: Bool) { roots.withLock { $0.refusesFormer = refuses } }

    /// Whether a key may be stored.
    func keeps(_ key: WrappedKey) -> Bool {
        guard let holder = holder(of: key) else { return false }
        return roots.withLock { !$0.refusesFormer || holder === $0.present }
    }

    /// Under which root it is. Keys without a tag are of the oldest one.
    func holder(of key: WrappedKey) -> SoftwareWrapping? {
        let (present, former, _) = roots.withLock { $0 }
        let bytes = key.bytes
        if bytes.starts(with: present.start) { return present }
        if let former, bytes.starts(with: former.start) { return former }
        return bytes.first == SoftwareWrapping.untagged ? former ?? present : nil
    }

    func wrap(_ material: borrowing SecretBytes, _ kind: KeyMaterialKind, for context: SealContext) -> EngineKey {
        present.wrap(material, kind, for: context)
    }

    func unwrap(_ key: EngineKey) throws(KeyEngineError) -> SecretBytes {
        guard let holder = holder(of: key.wrapped) else { throw .notOurs }
        return try holder.unwrap(key)
    }
}
