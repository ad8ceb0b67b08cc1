import Door
import SecretsManagerAPI
import World

/// The work before a value is stored: it is encrypted, or found to be stored already.
struct ValueWork: Sendable {
    let cipher: SecretCipher
    let identifiers: Identifiers

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

    /// - Parameter key: the key to encrypt under, asked for where there is something to encrypt.
    /// - Parameter stored: the version that the token names, where there is one.
    func prepare(
        _ value: SecretValue?, token: String?, for arn: String, stored: StoredVersion?, _ calls: Calls,
        under key: () async throws -> SecretCipher.Key
    ) async throws -> Prepared {
        guard let value else { return .nothing }
        if let stored {
            guard try await cipher.open(stored, of: arn, calls) == value else {
                throw Refused.tokenInUse(stored.id, arn)
            }
            return .repeated(stored.id)
        }
        let id = token ?? identifiers.uuid()
        let sealed = try await cipher.seal(value, for: .init(arn: arn, version: id), under: key(), calls)
        return .new(NewVersion(id: id, isBinary: value.isBinary, value: sealed, arn: arn))
    }
}
