public import World

/// Why a request was not authenticated. `refusal(for:)` gives what the client is told.
public struct AuthenticationFailure: Error, Sendable {
    public enum Reason: Sendable {
        /// No signature, where one is needed. Thrown by whoever needs it: see `AuthenticationFailure.missingToken`.
        case missingToken
        /// A signature in the header and another in the query.
        case twoMechanisms(authorization: String)
        /// Signature Version 2 where it is not for a link of S3's, SigV4A, or an algorithm nobody knows.
        case unsupportedAlgorithm(String)
        /// An `Authorization` header of another world, such as `Basic`.
        case unsupportedAuthorization(String)
        /// A form lacks a field that its other fields call for.
        case missingFormField(String)
        /// A header that bears on the signature came more than once.
        case duplicateHeader(String)
        case incomplete(MissingParts)
        case malformedCredential(String)
        case wrongScope([ScopeProblem])
        case malformedDate(String)
        case malformedLifetime(LifetimeProblem)
        case hostNotSigned
        case headersNotSigned([String])
        case missingContentHash
        case malformedContentHash(String)
        /// Signed too long ago, or too far ahead, for the window of `allowed` milliseconds.
        case skewed(signed: Instant, now: Instant, allowed: Int64)
        case presignedExpired(signed: Instant, lifetime: Int64, now: Instant)
        /// A link of Signature Version 2 without one of its three parts, or with one of them twice.
        case incompleteVersion2
        /// `Expires` of a link of Signature Version 2.
        case malformedExpiry(String)
        case version2Expired(end: Instant, now: Instant)
        case unknownKey(String), inactiveKey(String), missingSessionToken(String)
        case badToken(String), expiredToken(String)
        case mismatch(SignatureMismatch)
        /// The credentials could not be read. Never the client's fault.
        case unavailable(any Error)
    }

    public let reason: Reason
    public let method: Caller.Method

    public init(_ reason: Reason, _ method: Caller.Method) { (self.reason, self.method) = (reason, method) }

    /// For operations that admit no anonymous caller.
    public static let missingToken = AuthenticationFailure(.missingToken, .anonymous)

    /// What the client is told.
    public func refusal(for service: SigningService) -> Refusal {
        service.isS3 ? s3Refusal(for: service) : serviceRefusal(for: service)
    }
}

/// Parts that a signed request needs and this one lacks.
public struct MissingParts: Sendable, Hashable {
    public var credential = false
    public var signedHeaders = false
    public var signature = false
    public var date = false
    public var algorithm = false
    public var lifetime = false
    /// The whole header as sent, for the hash in the message; never shown.
    public var authorization: [UInt8] = []

    var isEmpty: Bool { !(credential || signedHeaders || signature || date || algorithm || lifetime) }
}

/// What is wrong with a credential's scope.
public enum ScopeProblem: Sendable, Hashable {
    case date(scope: String, request: String)
    case region(String)
    case service(String)
    case terminator(String)
}

/// What is wrong with `X-Amz-Expires`.
public enum LifetimeProblem: Sendable, Hashable { case notANumber, negative, tooLong }

/// What we calculated, for the client to compare with its own.
public struct SignatureMismatch: Sendable, Hashable {
    public let accessKeyID: String
    /// Signature Version 2 has none.
    public let canonicalRequest: [UInt8]?
    public let stringToSign: [UInt8]
    public let provided: String
}
