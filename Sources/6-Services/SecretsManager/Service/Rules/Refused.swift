import SecretsManagerAPI
import Smithy

/// A request that fits the model and not what a service asks of names and ARNs. The model does not list this error.
struct ValidationException: ServiceError, Equatable {
    var code: String { "ValidationException" }
    var httpStatus: Int { 400 }
    let message: String
}

/// Secrets Manager's errors in its words.
/// - Source: Secrets Manager API Reference, the errors of each operation, and its answers.
enum Refused {
    static let notFound = SecretsManager.ResourceNotFoundException(
        message: "Secrets Manager can't find the specified secret.")

    static let markedDeleted = SecretsManager.InvalidRequestException(
        message: "You can't perform this operation on the secret because it was marked for deletion.")

    static func parameter(_ message: String) -> SecretsManager.InvalidParameterException {
        SecretsManager.InvalidParameterException(message: message)
    }

    static func request(_ message: String) -> SecretsManager.InvalidRequestException {
        SecretsManager.InvalidRequestException(message: message)
    }

    static func noValue(for what: String) -> SecretsManager.ResourceNotFoundException {
        SecretsManager.ResourceNotFoundException(
            message: "Secrets Manager can't find the specified secret value for \(what)")
    }

    static func tokenInUse(_ token: String, _ arn: String) -> SecretsManager.ResourceExistsException {
        SecretsManager.ResourceExistsException(
            message: "You can't use ClientRequestToken \(token) because that value is already in use for a version of "
                + "secret \(arn).")
    }
}
