import AWS
import Authorization
import Door
import KMSAPI
import Storage
import World

/// What a call that decrypts is about: the key that the request names, or else the one that the ciphertext names.
struct CiphertextTarget: Sendable {
    let target: KeyTarget
    /// Whether the request named it.
    let isNamed: Bool
    /// Nil where the text is no symmetric ciphertext of this server.
    let ciphertext: Ciphertext?

    /// What KMS says of the key of a ciphertext, whether it is not there or not for the caller: one must not learn which.
    static let hidden = AccessDenied(
        "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are "
            + "not allowed to access.")

    /// The text and its key, checked. Only for who may know.
    func decryption(_ request: CiphertextRequest, for operation: String, _ now: Instant) throws -> Decryption {
        guard let key = target.key else { throw isNamed ? target.name.absence : CiphertextTarget.hidden }
        guard request.algorithm == .symmetricDefault else {
            _ = try key.usable(.encryptDecrypt, for: operation, now)
            guard case .oaep(let digest) = try EncryptionMethod(request.algorithm, of: key) else {
                throw Invalid.algorithm(request.algorithm.rawValue, of: key)
            }
            try EncryptionContext.refuse(request.context, with: request.algorithm)
            return Decryption(
                key: key, material: try key.currentMaterial(), text: .oaep(request.blob ?? [], digest),
                algorithm: request.algorithm, context: [:])
        }
        guard let ciphertext else { throw KeyWork.unopened }
        guard ciphertext.header.account == key.account, ciphertext.header.key == key.id else {
            throw KMS.IncorrectKeyException(
                message: "The key ID in the request does not identify a CMK that can perform this operation.")
        }
        _ = try key.usable(.encryptDecrypt, for: operation, now)
        _ = try EncryptionMethod(request.algorithm, of: key)
        let header = ciphertext.header
        // A material makes texts of one version. Another would not open; here it is refused without a try.
        guard let material = key.materials.first(where: { $0.number == header.number && $0.derives == header.derives })
        else { throw KeyWork.unopened }
        return Decryption(
            key: key, material: material, text: .symmetric(ciphertext), algorithm: request.algorithm,
            context: request.context ?? [:])
    }

    /// For `IGNORE_CIPHERTEXT`: everything but the text.
    func checkKey(_ request: CiphertextRequest, for operation: String, _ now: Instant) throws {
        let key = try target.usable(.encryptDecrypt, for: operation, now)
        _ = try EncryptionMethod(request.algorithm, of: key)
    }

    /// The material that the text names; nil where it names none.
    var material: KeyMaterial? {
        guard let key = target.key, let header = ciphertext?.header, header.key == key.id else { return nil }
        return key.materials.first { $0.number == header.number }
    }
}

/// What a request says of the text that is to be decrypted.
struct CiphertextRequest: Sendable {
    let blob: [UInt8]?
    /// As the request names the key; nil where it leaves that to the text.
    let keyID: String?
    let algorithm: KMS.EncryptionAlgorithmSpec
    let context: [String: String]?
    let ignoresCiphertext: Bool

    init(
        _ blob: [UInt8]?, keyID: String?, by algorithm: KMS.EncryptionAlgorithmSpec?, _ context: [String: String]?,
        dryRun: Bool?, _ modifiers: [KMS.DryRunModifierType]?
    ) throws {
        (self.keyID, self.context, self.algorithm) = (keyID, context, algorithm ?? .symmetricDefault)
        ignoresCiphertext = try DryRun.ignoresCiphertext(dryRun, modifiers)
        self.blob = ignoresCiphertext ? nil : blob
        guard blob != nil || ignoresCiphertext else { throw Invalid.input("CiphertextBlob is required.") }
        guard keyID != nil || self.algorithm == .symmetricDefault && !ignoresCiphertext else {
            throw Invalid.input(
                ignoresCiphertext
                    ? "A key must be specified where the ciphertext is ignored."
                    : "A key must be specified with the algorithm \(self.algorithm.rawValue).")
        }
    }
}

extension Keys {
    /// What the name leads to, with the grants that may reach the caller.
    ///
    /// - Parameter use: what it is to do; nil for what no grant gives.
    func target(
        _ name: KeyName, _ facts: RequestFacts, for use: GrantUse? = nil, _ snapshot: borrowing Snapshot
    ) throws -> KeyTarget {
        guard let key = try find(name, in: snapshot), let use else {
            return KeyTarget(name: name, key: try find(name, in: snapshot), grants: [])
        }
        return KeyTarget(name: name, key: key, grants: try Grant.reaching(facts, key, for: use, snapshot))
    }

    /// The key that is to decrypt.
    /// - Throws: `InvalidCiphertextException` where neither request nor text name one.
    func target(
        _ request: CiphertextRequest, _ facts: RequestFacts, for operation: String, _ snapshot: borrowing Snapshot
    ) throws -> CiphertextTarget {
        let use = GrantUse(operation, request.context)
        let ciphertext = request.algorithm == .symmetricDefault ? request.blob.flatMap(Ciphertext.init) : nil
        let header = ciphertext?.header
        if let keyID = request.keyID {
            // A bare id may be the ciphertext's key in another account.
            // - Source: KMS API Reference, "Decrypt", "Cross-account use".
            let name =
                if let header, header.key == keyID { KeyName(header, facts) } else {
                    try KeyName(keyID, for: facts)
                }
            return CiphertextTarget(
                target: try target(name, facts, for: use, snapshot), isNamed: true, ciphertext: ciphertext)
        }
        guard let header else { throw KeyWork.unopened }
        return CiphertextTarget(
            target: try target(KeyName(header, facts), facts, for: use, snapshot), isNamed: false,
            ciphertext: ciphertext)
    }
}

extension KeyName {
    /// The key that a ciphertext names, in the Region that was called.
    init(_ header: CiphertextHeader, _ facts: RequestFacts) {
        (account, region, part, asked) = (header.account, facts.region, .id(header.key), facts.now)
    }
}
