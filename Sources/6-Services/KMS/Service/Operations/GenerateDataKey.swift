import Door
import KMSAPI
import KeyEngine

/// A fresh symmetric key, in clear and encrypted under a key of KMS.
/// - Source: KMS API Reference, "GenerateDataKey".
struct GenerateDataKey: DataKeyOperation {
    typealias Shape = KMS.GenerateDataKey
    static var refusedMembers: [StaticString] { ["Recipient"] }
    let keys: Keys
    let cipher: TextCipher

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }
    func encryptionContext(_ input: Input) -> [String: String]? { input.encryptionContext }
    func isDryRun(_ input: Input) -> Bool? { input.dryRun }

    func answerNow(_ input: Input, under permit: borrowing Permit<KeyTarget>) throws -> Output? {
        let (count, encryption) = try checked(input, permit.target, permit.facts)
        let fresh = try KeyWork.now { () throws(KeyEngineError) in try cipher.engine.randomNow(count) }
        guard let fresh, let text = try cipher.encryptNow(fresh, as: encryption) else { return nil }
        return output(fresh, text, encryption)
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let (count, encryption) = try checked(input, permit.target, permit.facts)
        let fresh = try await KeyWork.of { () throws(KeyEngineError) in try await cipher.engine.random(count) }
        return output(fresh, try await cipher.encrypt(fresh, as: encryption), encryption)
    }

    private func checked(_ input: Input, _ target: KeyTarget, _ facts: RequestFacts) throws -> (Int, Encryption) {
        let encryption = try encryption(input, target, facts)
        let count = try DataKeyLength.bytes(input.keySpec, input.numberOfBytes)
        try DryRun.check(input.dryRun)
        return (count, encryption)
    }

    private func output(_ fresh: [UInt8], _ text: [UInt8], _ encryption: Encryption) -> Output {
        Output(
            ciphertextBlob: text, plaintext: fresh, keyId: encryption.key.arn, keyMaterialId: encryption.material.id)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        var use = use(input)
        use.text("keySpec", input.keySpec?.rawValue)
        use.number("numberOfBytes", input.numberOfBytes)
        return use.recording(
            of: target?.key, facts, materials: [("keyMaterialId", target?.key?.shownMaterial)])
    }
}
