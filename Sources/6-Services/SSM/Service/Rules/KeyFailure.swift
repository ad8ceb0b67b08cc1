import Door
import SSMAPI
import Smithy

/// What KMS refused, as Parameter Store hands it on: a denial as KMS worded it, faults of a key as `InvalidKeyId`.
/// - Source: Systems Manager API Reference, "InvalidKeyId"; User Guide, "AWS KMS encryption for SecureString parameters".
enum KeyFailure {
    static func told(_ error: any Error) -> any Error {
        guard let error = error as? any ServiceError else { return error }
        if error is AccessDenied { return error }
        if error.httpStatus >= 500, error.code != "KeyUnavailableException" {
            return SSM.InternalServerError(message: "An error occurred on the server side.")
        }
        return SSM.InvalidKeyId(message: error.message)
    }

    static let undecipherable = SSM.InvalidKeyId(message: "The ciphertext of the parameter cannot be opened.")
}
