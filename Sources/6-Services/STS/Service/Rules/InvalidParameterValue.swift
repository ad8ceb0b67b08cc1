import Smithy

/// Session tags that fit the model but not each other, in the code AWS has for them.
struct InvalidParameterValue: ServiceError, Equatable {
    let message: String

    var code: String { "InvalidParameterValue" }
    var httpStatus: Int { 400 }

    init(_ message: String) { self.message = message }
}
