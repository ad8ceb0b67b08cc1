import AWS
import Crypto
public import Door
import KMSAPI
import SSMAPI

/// Encrypts and decrypts SecureStrings with keys of KMS, for the caller: by his rights, on his record.
///
/// A standard parameter's value goes to KMS itself; an advanced one's is longer than KMS takes, and gets a data key. The
/// encryption context is the parameter's ARN.
/// - Source: Systems Manager User Guide, "AWS KMS encryption for AWS Systems Manager Parameter Store SecureString
///   parameters".
public struct ParameterCipher: Sendable {
    private let keys: any ServiceKeys

    /// - Parameter keys: where Parameter Store's own keys are found.
    public init(keys: any ServiceKeys) { self.keys = keys }

    private static let service = "ssm.amazonaws.com"
    private static let ownAlias = "alias/aws/ssm"

    private static func context(_ arn: String) -> [String: String] { ["PARAMETER_ARN": arn] }
    private static func associated(_ arn: String, _ version: Int) -> [UInt8] { Array("\(arn)\n\(version)".utf8) }

    /// - Parameter keyID: as the caller names it; nil for Parameter Store's own.
    func seal(
        _ value: String, as version: Int, of place: ParameterPlace, under keyID: String?, isAdvanced: Bool,
        _ calls: Calls
    ) async throws -> StoredValue {
        let arn = Parameter.arn(place.account, place.region, place.name)
        let shown = keyID ?? ParameterCipher.ownAlias
        // Who names Parameter Store's own key needs it made as well.
        let key =
            if shown == ParameterCipher.ownAlias {
                try await keys.key(for: "ssm", of: place.account, in: place.region)
            } else { shown }
        guard isAdvanced else {
            var clear = Array(value.utf8)
            defer { clear.zero() }
            do {
                let made = try await calls.perform(
                    KMS.Encrypt.self,
                    .init(keyId: key, plaintext: clear, encryptionContext: ParameterCipher.context(arn)),
                    through: ParameterCipher.service)
                guard let text = made.ciphertextBlob else { throw Failure.internalFailure }
                return .encrypted(key: shown, text: text)
            } catch { throw KeyFailure.told(error) }
        }
        var made: KMS.GenerateDataKey.Output
        do {
            made = try await calls.perform(
                KMS.GenerateDataKey.self,
                .init(keyId: key, encryptionContext: ParameterCipher.context(arn), keySpec: .aes256),
                through: ParameterCipher.service)
        } catch { throw KeyFailure.told(error) }
        guard var dataKey = made.plaintext, let wrapped = made.ciphertextBlob else { throw Failure.internalFailure }
        // The one copy left is zeroed by the envelope.
        made.plaintext = nil
        let sealed = Envelope.seal(
            Array(value.utf8), under: &dataKey, associated: ParameterCipher.associated(arn, version))
        return .enveloped(key: shown, dataKey: wrapped, sealed: sealed)
    }

    func open(_ version: ParameterVersion, of place: ParameterPlace, _ calls: Calls) async throws -> String {
        let arn = Parameter.arn(place.account, place.region, place.name)
        switch version.value {
        case .plain(let text): return text
        case .encrypted(_, let text):
            return String(decoding: try await decrypt(text, arn, calls), as: UTF8.self)
        case .enveloped(_, let wrapped, let sealed):
            var dataKey = try await decrypt(wrapped, arn, calls)
            do {
                let clear = try Envelope.open(
                    sealed, under: &dataKey, associated: ParameterCipher.associated(arn, version.number))
                return String(decoding: clear, as: UTF8.self)
            } catch { throw KeyFailure.undecipherable }
        }
    }

    private func decrypt(_ text: [UInt8], _ arn: String, _ calls: Calls) async throws -> [UInt8] {
        do {
            let opened = try await calls.perform(
                KMS.Decrypt.self, .init(ciphertextBlob: text, encryptionContext: ParameterCipher.context(arn)),
                through: ParameterCipher.service)
            guard let clear = opened.plaintext else { throw Failure.internalFailure }
            return clear
        } catch { throw KeyFailure.told(error) }
    }
}
