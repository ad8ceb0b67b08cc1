import Door
import S3API
import Smithy

/// What KMS refused, as S3 hands it on: a denial as KMS worded it, the state of a key under KMS's name. What may be better in
/// a while is S3's own.
/// - Source: S3 API Reference, "Error responses", the codes that begin with `KMS.`.
enum KeyFailure {
    static func told(_ error: any Error) -> any Error {
        guard let error = error as? any ServiceError, !(error is AccessDenied) else { return error }
        switch error.code {
        case "ValidationException": return S3.InvalidArgument(message: error.message)
        case "KeyUnavailableException", "DependencyTimeoutException", "KMSInternalException":
            return S3.ServiceUnavailable(message: error.message)
        default:
            guard error.httpStatus < 500 else { return error }
            return S3Refusal("KMS." + error.code, 400, error.message)
        }
    }
}
