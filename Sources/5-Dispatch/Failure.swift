public import Smithy
import Storage
import World

/// Anything that is not an error of the model: the client learns that the server failed, the log learns why.
public struct Failure: ServiceError {
    public let code: String
    public let httpStatus: Int
    public let message: String

    public static let internalFailure = Failure(
        code: "InternalFailure", httpStatus: 500,
        message: "The request processing has failed because of an unknown error, exception or failure.")
    public static let unavailable = Failure(
        code: "ServiceUnavailable", httpStatus: 503,
        message: "The server cannot store anything now. Nothing was changed.")

    /// What was to be answered changed under every attempt to read it.
    public static let unsettled = Failure(
        code: "ServiceUnavailable", httpStatus: 503, message: "The resource is changing too fast. Please try again.")

    /// The failure of the server as the service calls it.
    /// - Source: S3 API Reference, "Error responses", `InternalError`; Access Analyzer API Reference,
    ///   `InternalServerException`.
    func worded(by service: ServiceModel) -> Failure {
        guard code == Failure.internalFailure.code else { return self }
        switch service.name {
        case "s3":
            return Failure(
                code: "InternalError", httpStatus: 500, message: "We encountered an internal error. Please try again.")
        case "accessanalyzer":
            return Failure(code: "InternalServerException", httpStatus: httpStatus, message: message)
        default: return self
        }
    }

    /// The error as the client of `service` may see it.
    static func told(
        _ error: any Error, by service: ServiceModel, _ facts: RequestFacts, _ world: World
    ) -> any ServiceError {
        if let failure = error as? Failure { return failure.worded(by: service) }
        if let error = error as? any ServiceError { return error }
        world.log(.error, "a request failed", ["requestId": facts.requestID, "error": "\(error)"])
        switch error {
        case StorageError.full, StorageError.overloaded, StorageError.closed: return unavailable
        default: return internalFailure.worded(by: service)
        }
    }
}
