import Crypto
import Door
import KMSAPI
import KeyEngine

/// What is to be signed or was signed, and how: fit for the key.
/// - Source: KMS API Reference, "Sign", `Message`, `MessageType` and `SigningAlgorithm`.
struct SigningRequest: Sendable {
    let message: SignedMessage
    let algorithm: SigningAlgorithm

    /// - Throws: `InvalidKeyUsageException` where the key does not sign so, `ValidationException` where the message does
    ///   not fit the algorithm, or this server does not have it.
    init(
        _ message: [UInt8], _ type: KMS.MessageType?, by name: KMS.SigningAlgorithmSpec, with key: KMSKey,
        _ engine: any KeyEngine
    ) throws {
        guard let algorithm = SigningAlgorithm(rawValue: name.rawValue),
            key.spec.signingAlgorithms(key.usage).contains(name)
        else {
            // AWS's keys of this spec have it: the key is not to blame.
            if name == .ed25519PhSha512, key.spec == .ed25519 { throw SigningRequest.unsupported(name) }
            throw Invalid.algorithm(name.rawValue, of: key)
        }
        guard engine.supports(algorithm) else { throw SigningRequest.unsupported(name) }
        self.algorithm = algorithm
        switch type ?? .raw {
        case .raw: self.message = .raw(message)
        case .digest where algorithm != .ed25519:
            guard message.count == algorithm.digest.byteCount else {
                throw Invalid.input("Digest is invalid length for algorithm \(name.rawValue).")
            }
            self.message = .digest(message)
        case let other:
            throw Invalid.input("MessageType \(other.rawValue) cannot be used with algorithm \(name.rawValue).")
        }
    }

    private static func unsupported(_ name: KMS.SigningAlgorithmSpec) -> KMS.ValidationException {
        Invalid.input("SigningAlgorithm \(name.rawValue) is not supported by this server.")
    }

    /// The condition keys of both operations.
    static func conditions(_ type: KMS.MessageType?, _ algorithm: KMS.SigningAlgorithmSpec) -> [ConditionEntry] {
        [
            ConditionEntry(.kmsSigningAlgorithm, algorithm.rawValue),
            ConditionEntry(.kmsMessageType, (type ?? .raw).rawValue),
        ]
    }

    /// What the record shows of both.
    static func use(
        _ keyID: String, _ type: KMS.MessageType?, _ algorithm: KMS.SigningAlgorithmSpec, dryRun: Bool?
    ) -> RecordedUse {
        var use = RecordedUse(keyID: keyID)
        use.text("messageType", (type ?? .raw).rawValue)
        use.text("signingAlgorithm", algorithm.rawValue)
        use.dryRun(dryRun)
        return use
    }
}
