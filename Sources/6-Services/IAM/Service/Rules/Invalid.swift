import Smithy

/// A request whose members fit the model but not the rules the model cannot say.
struct Invalid: ServiceError, Equatable {
    let message: String

    var code: String { "ValidationError" }
    var httpStatus: Int { 400 }

    init(_ message: String) { self.message = message }

    static let marker = Invalid("Invalid Marker.")
}
