/// An error that the client is told: the modelled ones are generated. Everything else is an internal failure.
public protocol ServiceError: Error {
    /// What the client compares, such as `NoSuchEntity`.
    var code: String { get }
    /// The model's name of the error's shape, such as `NoSuchEntityException`; equal to `code` where there is none.
    var shapeName: String { get }
    var httpStatus: Int { get }
    /// True where the client is at fault.
    var isSenderFault: Bool { get }
    var message: String { get }
    /// Further elements or members of the error, in order, such as S3's `BucketName`.
    var fields: [ErrorField] { get }
    /// Header lines of the answer, such as `x-amz-bucket-region`. Only REST services have any.
    var headers: [ErrorField] { get }
}

extension ServiceError {
    public var shapeName: String { code }
    public var isSenderFault: Bool { httpStatus < 500 }
    public var fields: [ErrorField] { [] }
    public var headers: [ErrorField] { [] }
}

/// A further element of an error, besides code and message.
public struct ErrorField: Hashable, Sendable {
    public let name: String
    public let value: String
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}
