import Door
import KMSAPI
import Smithy

/// Encrypts at most 4,096 bytes under a symmetric key or with the public half of an RSA key.
/// - Source: KMS API Reference, "Encrypt".
struct Encrypt: WorkedQuery, OnKey {
    typealias Shape = KMS.Encrypt
    let keys: Keys
    let cipher: TextCipher

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }
    func encryptionContext(_ input: Input) -> [String: String]? { input.encryptionContext }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        [ConditionEntry(.kmsEncryptionAlgorithm, (input.encryptionAlgorithm ?? .symmetricDefault).rawValue)]
    }

    func answerNow(_ input: Input, under permit: borrowing Permit<KeyTarget>) throws -> Output? {
        let encryption = try checked(input, permit.target, permit.facts)
        return try cipher.encryptNow(input.plaintext, as: encryption).map { output($0, encryption) }
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let encryption = try checked(input, permit.target, permit.facts)
        return output(try await cipher.encrypt(input.plaintext, as: encryption), encryption)
    }

    private func checked(_ input: Input, _ target: KeyTarget, _ facts: RequestFacts) throws -> Encryption {
        let key = try target.usable(.encryptDecrypt, for: Shape.model.name, facts.now)
        let encryption = try Encryption(key, by: input.encryptionAlgorithm, input.encryptionContext)
        try encryption.check(input.plaintext.count)
        try DryRun.check(input.dryRun)
        return encryption
    }

    private func output(_ text: [UInt8], _ encryption: Encryption) -> Output {
        Output(ciphertextBlob: text, keyId: encryption.key.arn, encryptionAlgorithm: encryption.algorithm)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        var use = RecordedUse(keyID: input.keyId)
        use.text("encryptionAlgorithm", (input.encryptionAlgorithm ?? .symmetricDefault).rawValue)
        use.context("encryptionContext", input.encryptionContext)
        use.dryRun(input.dryRun)
        return use.recording(
            of: target?.key, facts, materials: [("keyMaterialId", target?.key?.shownMaterial)])
    }
}
