import Door
import KeyEngine
import KMSAPI
import Smithy

/// The secret that a key and a peer's public key agree on: the x coordinate, as it is.
/// - Source: KMS API Reference, "DeriveSharedSecret".
struct DeriveSharedSecret: WorkedQuery, OnKey {
    typealias Shape = KMS.DeriveSharedSecret
    static var answersNow: Bool { false }
    static var refusedMembers: [StaticString] { ["Recipient"] }
    let keys: Keys
    let engine: any KeyEngine

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        [ConditionEntry(.kmsKeyAgreementAlgorithm, input.keyAgreementAlgorithm.rawValue)]
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let key = try permit.target.usable(.keyAgreement, for: Shape.model.name, permit.facts.now)
        guard key.spec.agreementAlgorithms(key.usage).contains(input.keyAgreementAlgorithm) else {
            throw Invalid.algorithm(input.keyAgreementAlgorithm.rawValue, of: key)
        }
        let (peer, material) = (input.publicKey, try key.currentKey())
        let secret = try await KeyWork.of { () throws(KeyEngineError) in
            try await engine.agree(withPeer: peer, with: material)
        }
        try DryRun.check(input.dryRun)
        return Output(
            keyId: key.arn, sharedSecret: secret, keyAgreementAlgorithm: input.keyAgreementAlgorithm,
            keyOrigin: key.origin)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        var use = RecordedUse(keyID: input.keyId)
        use.text("keyAgreementAlgorithm", input.keyAgreementAlgorithm.rawValue)
        use.dryRun(input.dryRun)
        return use.recording(of: target?.key, facts)
    }
}
