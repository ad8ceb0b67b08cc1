import AWS
import Authorization
import Crypto
import Door
import KMSAPI
import Smithy
import Storage

/// Decrypts with one key and encrypts under another, or for another context. What lies between is never shown.
///
/// It needs leave on both keys: `kms:ReEncryptFrom` on the one, `kms:ReEncryptTo` on the other.
/// - Source: KMS API Reference, "ReEncrypt".
struct ReEncrypt: WorkedQuery {
    typealias Shape = KMS.ReEncrypt
    let keys: Keys
    let cipher: TextCipher

    struct Target: Sendable {
        let source: CiphertextTarget
        let destination: KeyTarget

        var isSameKey: Bool {
            guard let old = source.target.key, let new = destination.key else { return false }
            return old.arn == new.arn
        }
    }

    private static let from = Action("kms", "ReEncryptFrom")
    private static let to = Action("kms", "ReEncryptTo")

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        try GrantTokens.check(input.grantTokens, facts, snapshot)
        try EncryptionContext.check(input.sourceEncryptionContext)
        try EncryptionContext.check(input.destinationEncryptionContext)
        let destination = try KeyName(input.destinationKeyId, for: facts)
        return Target(
            source: try keys.target(source(input), facts, for: ReEncrypt.from.name, snapshot),
            destination: try keys.target(
                destination, facts, for: GrantUse(ReEncrypt.to.name, input.destinationEncryptionContext), snapshot))
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let isSame = ConditionEntry(.kmsReEncryptOnSameKey, target.isSameKey ? "true" : "false")
        func ask(
            _ action: Action, _ key: KeyTarget, _ algorithm: KMS.EncryptionAlgorithmSpec?, _ context: [String: String]?
        ) -> Ask {
            key.ask(
                action, facts,
                keys: [isSame, ConditionEntry(.kmsEncryptionAlgorithm, (algorithm ?? .symmetricDefault).rawValue)]
                    + KeyConditions.of(context: context),
                context: context ?? [:])
        }
        return .ask([
            ask(
                ReEncrypt.from, target.source.target, input.sourceEncryptionAlgorithm, input.sourceEncryptionContext),
            ask(
                ReEncrypt.to, target.destination, input.destinationEncryptionAlgorithm,
                input.destinationEncryptionContext),
        ])
    }

    func answerNow(_ input: Input, under permit: borrowing Permit<Target>) throws -> Output? {
        guard input.dryRun != true else { return nil }
        let old = try permit.target.source.decryption(source(input), for: Shape.model.name, permit.facts.now)
        let new = try encryption(input, permit.target, permit.facts)
        guard new.method == .symmetric, var clear = try cipher.decryptNow(old) else { return nil }
        defer { clear.zero() }
        return try cipher.encryptNow(clear, as: new).map { output($0, old, new) }
    }

    func answer(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Output {
        let source = try source(input)
        if source.ignoresCiphertext {
            try permit.target.source.checkKey(source, for: Shape.model.name, permit.facts.now)
            _ = try encryption(input, permit.target, permit.facts)
            try DryRun.check(input.dryRun)
        }
        let old = try permit.target.source.decryption(source, for: Shape.model.name, permit.facts.now)
        let new = try encryption(input, permit.target, permit.facts)
        var clear = try await cipher.decrypt(old)
        defer { clear.zero() }
        try new.check(clear.count)
        try DryRun.check(input.dryRun)
        return output(try await cipher.encrypt(clear, as: new), old, new)
    }

    /// Of a source that only the ciphertext names, a denial says no more than that.
    func told(_ error: any ServiceError, about target: Target?) -> any ServiceError {
        guard let denied = error as? AccessDenied, denied.refuses(ReEncrypt.from), target?.source.isNamed == false
        else {
            return error
        }
        return CiphertextTarget.hidden
    }

    private func source(_ input: Input) throws -> CiphertextRequest {
        try CiphertextRequest(
            input.ciphertextBlob, keyID: input.sourceKeyId, by: input.sourceEncryptionAlgorithm,
            input.sourceEncryptionContext, dryRun: input.dryRun, input.dryRunModifiers)
    }

    private func encryption(_ input: Input, _ target: Target, _ facts: RequestFacts) throws -> Encryption {
        try Encryption(
            target.destination.usable(.encryptDecrypt, for: Shape.model.name, facts.now),
            by: input.destinationEncryptionAlgorithm, input.destinationEncryptionContext)
    }

    private func output(_ text: [UInt8], _ old: Decryption, _ new: Encryption) -> Output {
        Output(
            ciphertextBlob: text, sourceKeyId: old.key.arn, keyId: new.key.arn,
            sourceEncryptionAlgorithm: old.algorithm, destinationEncryptionAlgorithm: new.algorithm,
            sourceKeyMaterialId: old.key.shownMaterial == nil ? nil : old.material.id,
            destinationKeyMaterialId: new.key.shownMaterial?.id)
    }

    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        var use = RecordedUse()
        use.text("sourceKeyId", input.sourceKeyId)
        use.text("sourceEncryptionAlgorithm", (input.sourceEncryptionAlgorithm ?? .symmetricDefault).rawValue)
        use.context("sourceEncryptionContext", input.sourceEncryptionContext)
        use.text("destinationKeyId", input.destinationKeyId)
        use.text("destinationEncryptionAlgorithm", (input.destinationEncryptionAlgorithm ?? .symmetricDefault).rawValue)
        use.context("destinationEncryptionContext", input.destinationEncryptionContext)
        use.dryRun(input.dryRun)
        return use.recording(
            of: target?.source.target.key, and: target?.destination.key, facts,
            materials: [
                ("sourceKeyMaterialId", target?.source.material),
                ("destinationKeyMaterialId", target?.destination.key?.shownMaterial),
            ])
    }
}
