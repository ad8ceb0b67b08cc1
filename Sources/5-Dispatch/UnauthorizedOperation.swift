import Smithy

/// A refusal in the words of EC2.
/// - Source: EC2 API Reference, "Error codes": UnauthorizedOperation.
struct UnauthorizedOperation: ServiceError {
    let message: String

    var code: String { "UnauthorizedOperation" }
    var httpStatus: Int { 403 }
}
