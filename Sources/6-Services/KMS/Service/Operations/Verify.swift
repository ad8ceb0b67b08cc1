import Crypto
import Door
import KeyEngine
import KMSAPI
import Smithy

/// Checks a signature with the key's public half. One that is not good is an error, so that nobody can overlook it.
/// - Source: KMS API Reference, "Verify".
struct Verify: WorkedQuery, OnKey {
    typealias Shape = KMS.Verify
    static var answersNow: Bool { false }
    let keys: Keys
    let engine: any KeyEngine
    let publicKeys: PublicKeys

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        SigningRequest.conditions(input.messageType, input.signingAlgorithm)
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let key = try permit.target.usable(.signVerify, for: Shape.model.name, permit.facts.now)
        let request = try SigningRequest(
            input.message, input.messageType, by: input.signingAlgorithm, with: key, engine)
        let signature = input.signature
        let isGood = try await publicKeys.run(key) { info in
            info.verifies(signature, of: request.message, by: request.algorithm)
        }
        guard isGood else { throw KMS.KMSInvalidSignatureException(message: "") }
        try DryRun.check(input.dryRun)
        return Output(keyId: key.arn, signatureValid: true, signingAlgorithm: input.signingAlgorithm)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        SigningRequest.use(input.keyId, input.messageType, input.signingAlgorithm, dryRun: input.dryRun)
            .recording(of: target?.key, facts)
    }
}
