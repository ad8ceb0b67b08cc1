import AWS
import Authorization
import Door
import KMSAPI
import Smithy
import Storage

/// Decrypts what a key encrypted. The text of a symmetric key names it itself.
///
/// Nothing is told of a ciphertext before the policies allowed the use of its key.
/// - Source: KMS API Reference, "Decrypt".
struct Decrypt: WorkedQuery {
    typealias Shape = KMS.Decrypt
    static var refusedMembers: [StaticString] { ["Recipient"] }
    let keys: Keys
    let cipher: TextCipher

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> CiphertextTarget {
        try GrantTokens.check(input.grantTokens, facts, snapshot)
        try EncryptionContext.check(input.encryptionContext)
        return try keys.target(request(input), facts, for: Shape.model.name, snapshot)
    }

    func access(_ input: Input, to target: CiphertextTarget, for facts: RequestFacts) throws -> Access {
        let algorithm = (input.encryptionAlgorithm ?? .symmetricDefault).rawValue
        return .ask(
            target.target.ask(
                Action("kms", "Decrypt"), facts,
                keys: [ConditionEntry(.kmsEncryptionAlgorithm, algorithm)]
                    + KeyConditions.of(context: input.encryptionContext),
                context: input.encryptionContext ?? [:]))
    }

    func answerNow(_ input: Input, under permit: borrowing Permit<CiphertextTarget>) throws -> Output? {
        guard input.dryRun != true else { return nil }
        let decryption = try permit.target.decryption(request(input), for: Shape.model.name, permit.facts.now)
        return try cipher.decryptNow(decryption).map { output($0, decryption) }
    }

    func answer(_ input: Input, under permit: borrowing Permit<CiphertextTarget>) async throws -> Output {
        let request = try request(input)
        if request.ignoresCiphertext {
            try permit.target.checkKey(request, for: Shape.model.name, permit.facts.now)
            try DryRun.check(input.dryRun)
        }
        let decryption = try permit.target.decryption(request, for: Shape.model.name, permit.facts.now)
        let clear = try await cipher.decrypt(decryption)
        try DryRun.check(input.dryRun)
        return output(clear, decryption)
    }

    /// Of a key that only the ciphertext names, a denial says no more than that.
    func told(_ error: any ServiceError, about target: CiphertextTarget?) -> any ServiceError {
        error is AccessDenied && target?.isNamed == false ? CiphertextTarget.hidden : error
    }

    private func request(_ input: Input) throws -> CiphertextRequest {
        try CiphertextRequest(
            input.ciphertextBlob, keyID: input.keyId, by: input.encryptionAlgorithm, input.encryptionContext,
            dryRun: input.dryRun, input.dryRunModifiers)
    }

    private func output(_ clear: [UInt8], _ decryption: Decryption) -> Output {
        Output(
            keyId: decryption.key.arn, plaintext: clear, encryptionAlgorithm: decryption.algorithm,
            keyMaterialId: decryption.key.shownMaterial == nil ? nil : decryption.material.id)
    }

    func recording(_ input: Input, of target: CiphertextTarget?, _ facts: RequestFacts) -> Recording {
        var use = RecordedUse(keyID: input.keyId)
        use.text("encryptionAlgorithm", (input.encryptionAlgorithm ?? .symmetricDefault).rawValue)
        use.context("encryptionContext", input.encryptionContext)
        use.dryRun(input.dryRun)
        return use.recording(of: target?.target.key, facts, materials: [("keyMaterialId", target?.material)])
    }
}
