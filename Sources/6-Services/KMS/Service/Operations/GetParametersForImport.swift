import AWS
import Crypto
import Door
import KMSAPI
import KeyEngine
import Storage
import World

/// A wrapping key for material that is to be imported, and the token that knows its private half.
/// - Source: KMS API Reference, "GetParametersForImport"; KMS Developer Guide, "Select a wrapping key spec" and "Select a
///   wrapping algorithm".
struct GetParametersForImport: WorkedQuery, OnOwnKey {
    typealias Shape = KMS.GetParametersForImport
    static var answersNow: Bool { false }
    let keys: Keys
    let engine: any KeyEngine

    func keyID(_ input: Input) -> String { input.keyId }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        [
            ConditionEntry(.kmsWrappingAlgorithm, input.wrappingAlgorithm.rawValue),
            ConditionEntry(.kmsWrappingKeySpec, input.wrappingKeySpec.rawValue),
        ]
    }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let (key, now) = (try permit.target.required(), permit.facts.now)
        try Import.require(key)
        try key.require(.parametersForImport, now)
        let (method, spec) = try GetParametersForImport.choice(input, for: key)
        let expires = Instant(milliseconds: now.milliseconds + ImportToken.lifetime)
        let context = ImportToken.context(key, method, spec, expires)
        let pair = try await KeyWork.of { () throws(KeyEngineError) in
            try await engine.generate(spec.material, for: context)
        }
        return Output(
            keyId: key.arn, importToken: ImportToken(method, spec, expires, pair.key).bytes,
            publicKey: pair.publicKey, parametersValidTo: expires)
    }

    /// RSAES-OAEP holds no more than the modulus less two digests: no RSA key, and of P-521 none in the smallest.
    private static func choice(_ input: Input, for key: KMSKey) throws -> (ImportWrapping, WrappingSpec) {
        guard let method = ImportWrapping(rawValue: input.wrappingAlgorithm.rawValue) else {
            throw KMS.UnsupportedOperationException(
                message: "The wrapping algorithm \(input.wrappingAlgorithm.rawValue) is not supported by this server.")
        }
        guard let spec = WrappingSpec(rawValue: input.wrappingKeySpec.rawValue) else {
            throw KMS.UnsupportedOperationException(
                message: "The wrapping key spec \(input.wrappingKeySpec.rawValue) is not supported by this server.")
        }
        let isTooLong = key.spec.pair?.modulusBits != nil || key.spec == .p521 && spec == .rsa2048
        guard method.hasAESKey || !isTooLong else {
            throw KMS.UnsupportedOperationException(
                message: "The wrapping algorithm \(method.rawValue) with \(spec.rawValue) cannot wrap key material of "
                    + "\(key.spec.rawValue).")
        }
        return (method, spec)
    }
}
