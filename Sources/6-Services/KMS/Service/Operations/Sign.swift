import Door
import KeyEngine
import KMSAPI
import Smithy

/// Signs a message of at most 4,096 bytes, or a digest of a longer one.
/// - Source: KMS API Reference, "Sign".
struct Sign: WorkedQuery, OnKey {
    typealias Shape = KMS.Sign
    static var answersNow: Bool { false }
    let keys: Keys
    let engine: any KeyEngine

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        SigningRequest.conditions(input.messageType, input.signingAlgorithm)
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let key = try permit.target.usable(.signVerify, for: Shape.model.name, permit.facts.now)
        let request = try SigningRequest(
            input.message, input.messageType, by: input.signingAlgorithm, with: key, engine)
        try DryRun.check(input.dryRun)
        let material = try key.currentKey()
        let signature = try await KeyWork.of { () throws(KeyEngineError) in
            try await engine.sign(request.message, by: request.algorithm, with: material)
        }
        return Output(keyId: key.arn, signature: signature, signingAlgorithm: input.signingAlgorithm)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        SigningRequest.use(input.keyId, input.messageType, input.signingAlgorithm, dryRun: input.dryRun)
            .recording(of: target?.key, facts)
    }
}
