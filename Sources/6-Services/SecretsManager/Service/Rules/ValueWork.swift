import Door
import SecretsManagerAPI

/// The work before a value is stored: it is encrypted, or found to be stored already.
struct ValueWork: Sendable {
    let cipher: SecretCipher

    enum Prepared: Sendable {
        /// The request brings no value.
        case nothing
        case new(NewVersion)
        /// An earlier call with the same token and value made this version.
        case repeated(String)

        var version: String? {
            switch self {
            case .nothing: nil
            case .new(let version): version.id
            case .repeated(let id): id
            }
        }
    }

    /// The token of a request that brings a value, of whose version it becomes the id. SDKs and the CLI make one where their
    /// caller gives none; whoever sends a request of his own must. A request without is refused whether its secret is there or
    /// not.
    /// - Source: Secrets Manager API Reference, ClientRequestToken of "CreateSecret", "PutSecretValue" and "UpdateSecret"; the
    ///   words and their precedence: localstack/localstack#8308, aws/aws-sdk-js-v3#4640.
    @discardableResult
    static func required(_ token: String?) throws -> String {
        guard let token else {
            throw Refused.request("You must provide a ClientRequestToken value. We recommend a UUID-type value.")
        }
        return token
    }

    /// - Parameter key: the key to encrypt under, asked for where there is something to encrypt.
    /// - Parameter stored: the version that the token names, where there is one.
    func prepare(
        _ value: SecretValue?, token: String?, for arn: String, stored: StoredVersion?, _ calls: Calls,
        under key: () async throws -> SecretCipher.Key
    ) async throws -> Prepared {
        guard let value else { return .nothing }
        let id = try ValueWork.required(token)
        if let stored {
            guard try await cipher.open(stored, of: arn, calls) == value else {
                throw Refused.tokenInUse(stored.id, arn)
            }
            return .repeated(stored.id)
        }
        let sealed = try await cipher.seal(value, for: .init(arn: arn, version: id), under: key(), calls)
        return .new(NewVersion(id: id, isBinary: value.isBinary, value: sealed, arn: arn))
    }
}
