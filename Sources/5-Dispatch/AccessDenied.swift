import Smithy

/// The policies, or the lack of them, refused the call. Each protocol prints it with its own code.
package struct AccessDenied: ServiceError, Equatable {
    package let message: String

    package init(_ message: String) { self.message = message }

    package var code: String { "AccessDenied" }
    package var httpStatus: Int { 403 }

    /// What a caller without a signature is told.
    package static let anonymous = AccessDenied("Access Denied")
}
