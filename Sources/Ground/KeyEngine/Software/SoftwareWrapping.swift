import Crypto
import KeyVault
import World

/// Wraps keys under the vault: AES-256-GCM, with a wrapping key for each account.
///
/// A wrapped key is version (1), nonce (12 random bytes), ciphertext and tag (16). Kind and context are authenticated. The
/// wrapping key is derived (HKDF-SHA256) from the vault's key of this purpose and the first two parts of the context. KMS
/// begins its contexts with a word for what is wrapped (`kms`, `kms-import-digest`) and the account, and with `kms-import` and
/// the key's ARN for what imports are encrypted to. No Region is among them: a multi-Region key has one material for all.
/// - Source: NIST SP 800-38D; RFC 5869.
final class SoftwareWrapping: Sendable {
    private let purposeKey: SecretBytes
    private let scopes = BoundedCache<ArraySlice<UInt8>, AESGCM>(limit: 1024)

    static let version: UInt8 = 1
    private static let overhead = 1 + AESGCM.nonceByteCount + AESGCM.tagByteCount
    private static let salt = Array("gatehouse key engine 1".utf8)

    init(_ vault: any KeyVault) throws(KeyVaultError) { purposeKey = try vault.derive(.serviceKeys) }

    func wrap(_ material: borrowing SecretBytes, _ kind: KeyMaterialKind, for context: SealContext) -> EngineKey {
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        let sealed = wrapper(context).seal(
            material, nonce: nonce, associated: SoftwareWrapping.associated(kind, context))
        return EngineKey(WrappedKey(bytes: [SoftwareWrapping.version] + nonce + sealed), kind, for: context)
    }

    func unwrap(_ key: EngineKey) throws(KeyEngineError) -> SecretBytes {
        let bytes = key.wrapped.bytes
        guard bytes.count >= SoftwareWrapping.overhead, bytes[0] == SoftwareWrapping.version else { throw .notOurs }
        let start = 1 + AESGCM.nonceByteCount
        do {
            return try wrapper(key.context).openSecret(
                bytes[start...], nonce: Array(bytes[1..<start]),
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
