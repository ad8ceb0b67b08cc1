import Door
import SecretsManagerAPI
import Smithy

/// What KMS refused, in Secrets Manager's words: it tells less of the key than KMS does.
/// - Source: Secrets Manager API Reference, "GetSecretValue", "CreateSecret"; Knowledge Center, "Access to KMS is not
///   allowed".
enum KeyFailure {
    static func ofEncryption(_ error: any Error) -> any Error { common(error) ?? unencryptable }

    static let unencryptable = SecretsManager.EncryptionFailure(
        message: "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the "
            + "customer master key (CMK) is available, enabled, and not in an invalid state.")

    static func ofDecryption(_ error: any Error) -> any Error { common(error) ?? undecipherable }

    static let undecipherable = SecretsManager.DecryptionFailure(
        message: "Secrets Manager can't decrypt the protected secret text using the provided KMS key.")

    /// Nil where it is the key that is not fit.
    private static func common(_ error: any Error) -> (any Error)? {
        guard let error = error as? any ServiceError else { return error }
        if error is AccessDenied { return AccessDenied("Access to KMS is not allowed") }
        guard error.httpStatus >= 500, error.code != "KeyUnavailableException" else { return nil }
        return SecretsManager.InternalServiceError(message: "An error occurred on the server side.")
    }
}
