import Door
import KMSAPI
import KeyEngine

/// The MAC of a message of at most 4,096 bytes.
/// - Source: KMS API Reference, "GenerateMac".
struct GenerateMac: MACOperation {
    typealias Shape = KMS.GenerateMac
    let keys: Keys
    let engine: any KeyEngine

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }
    func algorithm(_ input: Input) -> KMS.MacAlgorithmSpec { input.macAlgorithm }
    func message(_ input: Input) -> [UInt8] { input.message }
    func isDryRun(_ input: Input) -> Bool? { input.dryRun }

    func answerNow(_ input: Input, under permit: borrowing Permit<KeyTarget>) throws -> Output? {
        let key = try checked(input, permit.target, permit.facts)
        try DryRun.check(input.dryRun)
        return try macNow(input, with: key).map { output($0, input, key) }
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let key = try checked(input, permit.target, permit.facts)
        try DryRun.check(input.dryRun)
        return output(try await mac(input, with: key), input, key)
    }

    private func output(_ mac: [UInt8], _ input: Input, _ key: KMSKey) -> Output {
        Output(mac: mac, macAlgorithm: input.macAlgorithm, keyId: key.arn)
    }
}
