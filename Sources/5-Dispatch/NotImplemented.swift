public import Smithy

/// Something AWS has and this server does not: refused, never pretended.
public struct NotImplemented: ServiceError, Equatable {
    public let message: String

    /// - Parameter what: the operation or parameter, as the beginning of a sentence.
    public init(_ what: String) { message = "\(what) is not implemented by Gatehouse." }

    public var code: String { "NotImplemented" }
    public var httpStatus: Int { 501 }
}
