import AWS
import Crypto
import KMSAPI
import KeyEngine
import KeyVault
import World

/// Takes imported material in, and knows it again when it comes a second time.
///
/// Of symmetric material a digest is kept, keyed twice: the material itself authenticates a fixed text, and a key of the
/// engine, made for this material alone, authenticates the outcome. Without that key the digest says nothing, not even of a
/// material that can be guessed. A pair is known by its public half.
struct ImportWork: Sendable {
    let engine: any KeyEngine

    private static let label = Array("gatehouse: imported key material".utf8)

    /// What a material is known again by.
    struct Mark: Sendable {
        let digest: [UInt8]
        /// Wrapped.
        let digestKey: [UInt8]
    }

    struct Taken: Sendable {
        let made: GeneratedKey
        let number: Int
        /// The id of the material that it was found to be; nil where it is new.
        let known: String?
        /// Of symmetric material that is new.
        let mark: Mark?
        /// The same material as it was wrapped before: what the transaction replaced, which may run more than once.
        let former = Lock<EngineKey?>(nil)

        /// Whether it may take the place of a material that is there now, whatever was there when it was looked at.
        func isAgain(_ material: KeyMaterial) -> Bool {
            if let publicKey = made.publicKey { return material.publicKey == publicKey }
            return mark == nil && known == material.id
        }
    }

    /// - Parameter candidates: what it may be, if it is to be material that was there before; nil if it is to be new.
    func take(
        _ ciphertext: [UInt8], _ token: ImportToken, for key: KMSKey, among candidates: [KeyMaterial]?
    ) async throws -> Taken {
        if key.spec.pair != nil { return try await takePair(ciphertext, token, for: key) }
        let raw = try await fingerprint(ciphertext, token, key)
        for candidate in candidates ?? [] where try await isSame(raw, candidate, of: key) {
            return Taken(
                made: try await open(ciphertext, token, key, key.kind(of: candidate), candidate.number),
                number: candidate.number,
                known: candidate.id, mark: nil)
        }
        guard candidates == nil else { throw ImportWork.other }
        let known = key.materials + [key.pendingMaterial].compactMap { $0 }
        for material in known where try await isSame(raw, material, of: key) { throw ImportWork.known }
        let number = key.nextMaterialNumber
        let mark = try await mark(raw, key, number)
        return Taken(
            made: try await open(ciphertext, token, key, key.spec.newMaterial(by: engine), number), number: number,
            known: nil, mark: mark)
    }

    private func takePair(_ ciphertext: [UInt8], _ token: ImportToken, for key: KMSKey) async throws -> Taken {
        let made = try await open(ciphertext, token, key, key.spec.material, 1)
        if let old = key.materials.first, old.publicKey != made.publicKey { throw ImportWork.other }
        return Taken(made: made, number: 1, known: key.materials.first?.id, mark: nil)
    }

    private func open(
        _ ciphertext: [UInt8], _ token: ImportToken, _ key: KMSKey, _ kind: KeyMaterialKind, _ number: Int
    ) async throws -> GeneratedKey {
        try await take(ciphertext, token, as: kind, for: KMSKey.context(key.account, key.id, number))
    }

    private func take(
        _ ciphertext: [UInt8], _ token: ImportToken, as kind: KeyMaterialKind, for context: SealContext
    ) async throws -> GeneratedKey {
        do {
            return try await engine.takeEncrypted(
                ciphertext, by: token.method, under: token.key, as: kind, for: context)
        } catch .notOurs {
            throw ImportToken.invalid
        } catch KeyEngineError.unopenedImport {
            throw KMS.InvalidCiphertextException(message: "The encrypted key material does not open.")
        } catch .invalid(let reason) {
            throw KMS.IncorrectKeyMaterialException(message: reason)
        } catch { throw KeyWork.refusal(error) }
    }

    /// What the material itself makes of a fixed text.
    private func fingerprint(_ ciphertext: [UInt8], _ token: ImportToken, _ key: KMSKey) async throws -> [UInt8] {
        // An AES key of 32 bytes is taken as one of HMAC, for this computation only. Keys of texts are an HMAC of it too, of
        // inputs that begin with a counter: none of them is this text.
        let kind = key.spec.macAlgorithm.map { KeyMaterialKind.hmac($0) } ?? .hmac(.sha256)
        let context = SealContext("kms-import-fingerprint", key.account.description, key.id)
        let taken = try await take(ciphertext, token, as: kind, for: context)
        defer { engine.forget(taken.key) }
        return try await KeyWork.of { () throws(KeyEngineError) in
            try await engine.mac(ImportWork.label, with: taken.key)
        }
    }

    /// Of the key by which a material is known again.
    static func markContext(_ account: AccountID, _ key: String, _ number: Int) -> SealContext {
        SealContext("kms-import-digest", account.description, key, String(number))
    }

    private func mark(_ raw: [UInt8], _ key: KMSKey, _ number: Int) async throws -> Mark {
        try await KeyWork.of { () throws(KeyEngineError) in
            let made = try await engine.generate(
                .hmac(.sha256), for: ImportWork.markContext(key.account, key.id, number))
            return Mark(digest: try await engine.mac(raw, with: made.key), digestKey: made.key.wrapped.bytes)
        }
    }

    private func isSame(_ raw: [UInt8], _ material: KeyMaterial, of key: KMSKey) async throws -> Bool {
        guard let mark = material.mark else { return false }
        let digestKey = EngineKey(
            WrappedKey(bytes: mark.digestKey), .hmac(.sha256),
            for: ImportWork.markContext(key.account, key.id, material.number))
        let digest = try await KeyWork.of { () throws(KeyEngineError) in try await engine.mac(raw, with: digestKey) }
        return constantTimeEquals(digest, mark.digest)
    }

    private static let other = KMS.IncorrectKeyMaterialException(
        message: "The key material is not the same key material that was previously imported into this KMS key.")
    private static let known = KMS.IncorrectKeyMaterialException(
        message: "The key material was previously imported into this KMS key, so it is not new.")
}
