import AWS
import Crypto
public import Door
import KMSAPI
import SecretsManagerAPI

/// Encrypts and decrypts values, with keys that KMS makes and opens for the caller: by his rights, on his record.
///
/// Of each value KMS knows the secret's ARN and the version, which are its encryption context.
/// - Source: Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager".
public struct SecretCipher: Sendable {
    private let keys: any ServiceKeys

    /// - Parameter keys: where Secrets Manager's own keys are found.
    public init(keys: any ServiceKeys) { self.keys = keys }

    private static let service = "secretsmanager.amazonaws.com"

    /// A version of a secret, as keys and texts are bound to it.
    struct Place: Sendable {
        let arn: String
        let version: String

        var context: [String: String] { ["SecretARN": arn, "SecretVersionId": version] }
        func associated(isBinary: Bool) -> [UInt8] {
            Array("\(arn)\n\(version)\n\(isBinary ? "binary" : "text")".utf8)
        }
    }

    /// A key of KMS to encrypt under.
    struct Key: Sendable {
        let arn: String
        /// How versions name it; nil for its ARN.
        let title: String?
    }

    /// The KMS key that a secret of this account is encrypted under. - Parameter keyID: nil for Secrets Manager's own.
    func key(_ keyID: String?, of account: AccountID, in region: Region) async throws -> Key {
        guard let keyID else {
            let own = try await keys.key(for: "secretsmanager", of: account, in: region)
            return Key(arn: own, title: "DefaultEncryptionKey")
        }
        // Who names it needs it made as well.
        if KeyReference.isOwn(keyID, of: account, in: region) {
            return Key(arn: try await keys.key(for: "secretsmanager", of: account, in: region), title: nil)
        }
        return Key(arn: KeyReference.arn(keyID, of: account, in: region), title: nil)
    }

    func seal(_ value: SecretValue, for place: Place, under key: Key, _ calls: Calls) async throws -> SealedValue {
        var made: KMS.GenerateDataKey.Output
        do {
            made = try await calls.perform(
                KMS.GenerateDataKey.self, .init(keyId: key.arn, encryptionContext: place.context, keySpec: .aes256),
                through: SecretCipher.service)
        } catch { throw KeyFailure.ofEncryption(error) }
        guard var dataKey = made.plaintext, let wrapped = made.ciphertextBlob, let arn = made.keyId else {
            throw Failure.internalFailure
        }
        // The one copy left is zeroed by the envelope.
        made.plaintext = nil
        var clear = value.bytes
        defer { clear.zero() }
        let sealed = Envelope.seal(
            clear, under: &dataKey, associated: place.associated(isBinary: value.isBinary))
        return SealedValue(key: key.title ?? arn, dataKey: wrapped, sealed: sealed)
    }

    /// Opens the first of a version's texts whose key the caller may use.
    func open(_ version: StoredVersion, of arn: String, _ calls: Calls) async throws -> SecretValue {
        let place = Place(arn: arn, version: version.id)
        var refusal: (any Error)?
        for value in version.values {
            do { return try await open(value, isBinary: version.isBinary, of: place, calls) } catch {
                refusal = refusal ?? error
            }
        }
        throw refusal ?? Failure.internalFailure
    }

    private func open(_ value: SealedValue, isBinary: Bool, of place: Place, _ calls: Calls) async throws -> SecretValue
    {
        var opened: KMS.Decrypt.Output
        do {
            opened = try await calls.perform(
                KMS.Decrypt.self,
                .init(ciphertextBlob: value.dataKey, encryptionContext: place.context),
                through: SecretCipher.service)
        } catch { throw KeyFailure.ofDecryption(error) }
        guard var dataKey = opened.plaintext else { throw Failure.internalFailure }
        opened.plaintext = nil
        do {
            let clear = try Envelope.open(
                value.sealed, under: &dataKey, associated: place.associated(isBinary: isBinary))
            return SecretValue(clear, isBinary: isBinary)
        } catch { throw KeyFailure.undecipherable }
    }
}
