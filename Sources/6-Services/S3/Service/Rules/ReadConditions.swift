import World

/// The conditions of a GET or HEAD, and what they come to.
///
/// A tag is better evidence than a time: where `If-Match` holds, `If-Unmodified-Since` is not asked; where `If-None-Match`
/// is given, `If-Modified-Since` is not.
/// - Source: S3 API Reference, "GetObject"; RFC 9110, section 13.2.2.
struct ReadConditions: Sendable {
    var ifMatch: String?
    var ifNoneMatch: String?
    var ifModifiedSince: Instant?
    var ifUnmodifiedSince: Instant?

    enum Outcome: Sendable, Equatable {
        case proceed, notModified
        /// Names the header that did not hold.
        case failed(String)
    }

    /// - Parameter modified: compared in whole seconds, as HTTP dates are.
    func outcome(etag: [UInt8], modified: Instant) -> Outcome {
        if let ifMatch {
            guard EntityTag.matches(ifMatch, etag) else { return .failed("If-Match") }
        } else if let ifUnmodifiedSince, modified.seconds > ifUnmodifiedSince.seconds {
            return .failed("If-Unmodified-Since")
        }
        if let ifNoneMatch { return EntityTag.matches(ifNoneMatch, etag) ? .notModified : .proceed }
        if let ifModifiedSince, modified.seconds <= ifModifiedSince.seconds { return .notModified }
        return .proceed
    }
}
