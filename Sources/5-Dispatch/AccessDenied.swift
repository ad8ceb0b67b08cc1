public import Smithy

/// The policies, or the lack of them, refused the call. Each protocol prints it with its own code.
public struct AccessDenied: ServiceError, Equatable {
    public let message: String

    public init(_ message: String) { self.message = message }

    public var code: String { "AccessDenied" }
    public var httpStatus: Int { 403 }

    /// What a caller without a signature is told.
    public static let anonymous = AccessDenied("Access Denied")
}
