import Crypto
import Door
import KeyEngine
import KMSAPI
import Smithy

/// An operation that makes a key for use elsewhere, encrypted under a symmetric key of KMS.
protocol DataKeyOperation: WorkedQuery, OnKey {
    var cipher: TextCipher { get }
    func isDryRun(_ input: Input) -> Bool?
}

extension DataKeyOperation {
    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        [ConditionEntry(.kmsEncryptionAlgorithm, KMS.EncryptionAlgorithmSpec.symmetricDefault.rawValue)]
    }

    /// The key to encrypt under, everything checked.
    func encryption(_ input: Input, _ target: KeyTarget, _ facts: RequestFacts) throws -> Encryption {
        try Encryption(
            target.usable(.encryptDecrypt, for: Shape.model.name, facts.now), by: .symmetricDefault,
            encryptionContext(input))
    }

    /// What the record shows whichever key is made.
    func use(_ input: Input) -> RecordedUse {
        var use = RecordedUse(keyID: keyID(input))
        use.context("encryptionContext", encryptionContext(input))
        use.dryRun(isDryRun(input))
        return use
    }
}

/// How long a data key is to be.
enum DataKeyLength {
    /// - Throws: `ValidationException` unless exactly one of both says it.
    static func bytes(_ spec: KMS.DataKeySpec?, _ count: Int?) throws -> Int {
        switch (spec, count) {
        case (let spec?, nil): spec == .aes128 ? 16 : 32
        case (nil, let count?): count
        default: throw Invalid.input("Please specify either number of bytes or key spec.")
        }
    }
}

/// Kinds of pairs that are made for use elsewhere.
enum DataPairKind {
    /// - Throws: `UnsupportedOperationException` for what only Regions in China have.
    static func of(_ spec: KMS.DataKeyPairSpec) throws -> KeyPairKind {
        guard let kind = KeySpecification(rawValue: spec.rawValue)?.pair else {
            throw KMS.UnsupportedOperationException(
                message: "KeyPairSpec \(spec.rawValue) is not supported by this server.")
        }
        return kind
    }
}

/// A pair, and its private half as it is to be stored elsewhere.
struct SealedPair: Sendable {
    let pair: DataPair
    let text: [UInt8]
    var publicKey: [UInt8] { pair.publicKey }
    /// PKCS #8 in DER, for the one who asked for it.
    func privateKey() -> [UInt8] { pair.privateKey.revealed() }

    /// Makes a pair and encrypts its private half.
    static func make(_ kind: KeyPairKind, _ cipher: TextCipher, as encryption: Encryption) async throws -> SealedPair {
        let pair = try await KeyWork.of { () throws(KeyEngineError) in try await cipher.engine.dataPair(kind) }
        var clear = pair.privateKey.revealed()
        defer { clear.zero() }
        return SealedPair(pair: pair, text: try await cipher.encrypt(clear, as: encryption))
    }
}
