import Door
import KMSAPI

/// A fresh key pair, its private half in clear and encrypted under a key of KMS.
/// - Source: KMS API Reference, "GenerateDataKeyPair".
struct GenerateDataKeyPair: DataKeyOperation {
    typealias Shape = KMS.GenerateDataKeyPair
    static var answersNow: Bool { false }
    static var refusedMembers: [StaticString] { ["Recipient"] }
    let keys: Keys
    let cipher: TextCipher

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }
    func encryptionContext(_ input: Input) -> [String: String]? { input.encryptionContext }
    func isDryRun(_ input: Input) -> Bool? { input.dryRun }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        [
            ConditionEntry(.kmsEncryptionAlgorithm, KMS.EncryptionAlgorithmSpec.symmetricDefault.rawValue),
            ConditionEntry(.kmsDataKeyPairSpec, input.keyPairSpec.rawValue),
        ]
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let encryption = try encryption(input, permit.target, permit.facts)
        let kind = try DataPairKind.of(input.keyPairSpec)
        try DryRun.check(input.dryRun)
        let made = try await SealedPair.make(kind, cipher, as: encryption)
        return Output(
            privateKeyCiphertextBlob: made.text, privateKeyPlaintext: made.privateKey(),
            publicKey: made.publicKey, keyId: encryption.key.arn, keyPairSpec: input.keyPairSpec,
            keyMaterialId: encryption.material.id)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        var use = use(input)
        use.text("keyPairSpec", input.keyPairSpec.rawValue)
        return use.recording(
            of: target?.key, facts, materials: [("keyMaterialId", target?.key?.shownMaterial)])
    }
}
