import Smithy

/// Something AWS has and this server does not: refused, never pretended.
package struct NotImplemented: ServiceError, Equatable {
    package let message: String

    /// - Parameter what: the operation or parameter, as the beginning of a sentence.
    package init(_ what: String) { message = "\(what) is not implemented by Gatehouse." }

    package var code: String { "NotImplemented" }
    package var httpStatus: Int { 501 }
}
