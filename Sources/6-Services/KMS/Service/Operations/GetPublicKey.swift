import Door
import KMSAPI
import Storage

/// The public half of a pair, with what one must know to use it outside.
/// - Source: KMS API Reference, "GetPublicKey".
struct GetPublicKey: Query, OnKey {
    typealias Shape = KMS.GetPublicKey
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let key = try permit.target.required()
        guard key.spec.pair != nil else {
            throw KMS.UnsupportedOperationException(
                message: "\(key.arn) key spec is \(key.spec.rawValue) which is not valid for GetPublicKey.")
        }
        try key.require(.getPublicKey, permit.facts.now)
        let (encryption, signing) = (key.spec.encryptionAlgorithms(key.usage), key.spec.signingAlgorithms(key.usage))
        let agreement = key.spec.agreementAlgorithms(key.usage)
        return Output(
            keyId: key.arn, publicKey: try key.currentMaterial().publicKey,
            customerMasterKeySpec: KMS.CustomerMasterKeySpec(rawValue: key.spec.rawValue),
            keySpec: KMS.KeySpec(rawValue: key.spec.rawValue), keyUsage: key.usage,
            encryptionAlgorithms: encryption.isEmpty ? nil : encryption,
            signingAlgorithms: signing.isEmpty ? nil : signing,
            keyAgreementAlgorithms: agreement.isEmpty ? nil : agreement)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        RecordedUse(keyID: input.keyId).recording(of: target?.key, facts)
    }
}
