import Door
import KMSAPI

/// The public half of a pair, with what one must know to use it outside.
/// - Source: KMS API Reference, "GetPublicKey".
struct GetPublicKey: WorkedQuery, OnKey {
    typealias Shape = KMS.GetPublicKey
    let keys: Keys
    let publicKeys: PublicKeys

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }

    func answerNow(_ input: Input, under permit: borrowing Permit<KeyTarget>) throws -> Output? {
        let key = try asked(permit)
        return try publicKeys.halfNow(of: key).map { output(key, $0) }
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let key = try asked(permit)
        return output(key, try await publicKeys.half(of: key))
    }

    private func asked(_ permit: borrowing Permit<KeyTarget>) throws -> KMSKey {
        let key = try permit.target.required()
        guard key.spec.pair != nil else {
            throw KMS.UnsupportedOperationException(
                message: "\(key.arn) key spec is \(key.spec.rawValue) which is not valid for GetPublicKey.")
        }
        try key.require(.getPublicKey, permit.facts.now)
        return key
    }

    private func output(_ key: KMSKey, _ half: [UInt8]) -> Output {
        let (encryption, signing) = (key.spec.encryptionAlgorithms(key.usage), key.spec.signingAlgorithms(key.usage))
        let agreement = key.spec.agreementAlgorithms(key.usage)
        return Output(
            keyId: key.arn, publicKey: half,
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
