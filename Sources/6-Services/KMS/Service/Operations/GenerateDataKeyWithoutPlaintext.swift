import Crypto
import Door
import KMSAPI
import KeyEngine

/// A fresh symmetric key, encrypted under a key of KMS and not shown.
/// - Source: KMS API Reference, "GenerateDataKeyWithoutPlaintext".
struct GenerateDataKeyWithoutPlaintext: DataKeyOperation {
    typealias Shape = KMS.GenerateDataKeyWithoutPlaintext
    let keys: Keys
    let cipher: TextCipher

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }
    func encryptionContext(_ input: Input) -> [String: String]? { input.encryptionContext }
    func isDryRun(_ input: Input) -> Bool? { input.dryRun }

    func answerNow(_ input: Input, under permit: borrowing Permit<KeyTarget>) throws -> Output? {
        let (count, encryption) = try checked(input, permit.target, permit.facts)
        let fresh = try KeyWork.now { () throws(KeyEngineError) in try cipher.engine.randomNow(count) }
        guard var fresh else { return nil }
        defer { fresh.zero() }
        return try cipher.encryptNow(fresh, as: encryption).map { output($0, encryption) }
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let (count, encryption) = try checked(input, permit.target, permit.facts)
        var fresh = try await KeyWork.of { () throws(KeyEngineError) in try await cipher.engine.random(count) }
        defer { fresh.zero() }
        return output(try await cipher.encrypt(fresh, as: encryption), encryption)
    }

    private func checked(_ input: Input, _ target: KeyTarget, _ facts: RequestFacts) throws -> (Int, Encryption) {
        let encryption = try encryption(input, target, facts)
        let count = try DataKeyLength.bytes(input.keySpec, input.numberOfBytes)
        try DryRun.check(input.dryRun)
        return (count, encryption)
    }

    private func output(_ text: [UInt8], _ encryption: Encryption) -> Output {
        Output(ciphertextBlob: text, keyId: encryption.key.arn, keyMaterialId: encryption.material.id)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        var use = use(input)
        use.text("keySpec", input.keySpec?.rawValue)
        use.number("numberOfBytes", input.numberOfBytes)
        return use.recording(
            of: target?.key, facts, materials: [("keyMaterialId", target?.key?.shownMaterial)])
    }
}
