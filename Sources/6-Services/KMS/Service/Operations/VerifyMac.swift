import Crypto
import Door
import KMSAPI
import KeyEngine

/// Checks a MAC. One that is not good is an error, so that nobody can overlook it.
/// - Source: KMS API Reference, "VerifyMac".
struct VerifyMac: MACOperation {
    typealias Shape = KMS.VerifyMac
    let keys: Keys
    let engine: any KeyEngine

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }
    func algorithm(_ input: Input) -> KMS.MacAlgorithmSpec { input.macAlgorithm }
    func message(_ input: Input) -> [UInt8] { input.message }
    func isDryRun(_ input: Input) -> Bool? { input.dryRun }

    func answerNow(_ input: Input, under permit: borrowing Permit<KeyTarget>) throws -> Output? {
        let key = try checked(input, permit.target, permit.facts)
        return try macNow(input, with: key).map { try output($0, input, key) }
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let key = try checked(input, permit.target, permit.facts)
        return try output(try await mac(input, with: key), input, key)
    }

    private func output(_ mac: [UInt8], _ input: Input, _ key: KMSKey) throws -> Output {
        guard constantTimeEquals(mac, input.mac) else { throw KMS.KMSInvalidMacException(message: "") }
        try DryRun.check(input.dryRun)
        return Output(keyId: key.arn, macValid: true, macAlgorithm: input.macAlgorithm)
    }
}
