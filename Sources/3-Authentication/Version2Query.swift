import HTTP
import World

/// A signature of Version 2 in the query: `AWSAccessKeyId`, `Expires` and `Signature`. AWS CLI 1 and boto3 sign their
/// links to S3 so unless they are told otherwise; see `Documentation/Decisions/0007`.
/// - Source: S3 User Guide, "Signing and authenticating REST requests (AWS signature version 2)".
struct Version2Query {
    let accessKeyID: [UInt8]
    /// Base64, as sent.
    let signature: [UInt8]
    /// Decimal seconds since 1970, as sent; a line of what is signed.
    let expires: [UInt8]
    let end: Instant
    let sessionToken: [UInt8]?

    /// Whether a query bears such a signature, or the half of one.
    static func isPresent(_ query: CanonicalQuery) -> Bool {
        query.contains("AWSAccessKeyId") || query.contains("Signature")
    }

    static func read(_ query: CanonicalQuery, header token: [UInt8]?) throws(AuthenticationFailure) -> Version2Query {
        guard let accessKeyID = query.only("AWSAccessKeyId"), let signature = query.only("Signature"),
            let expires = query.only("Expires")
        else { throw AuthenticationFailure(.incompleteVersion2, .query) }
        guard let end = instant(expires) else {
            throw AuthenticationFailure(.malformedExpiry(String(decoding: expires, as: UTF8.self)), .query)
        }
        return Version2Query(
            accessKeyID: accessKeyID, signature: signature, expires: expires, end: end,
            sessionToken: token ?? query.only("x-amz-security-token"))
    }

    /// Twelve digits reach beyond the year 30000.
    private static func instant(_ expires: [UInt8]) -> Instant? {
        guard (1...12).contains(expires.count), expires.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Instant(seconds: expires.reduce(0) { $0 * 10 + Int64($1 - 0x30) })
    }

    /// Such a link lives until its `Expires`, however far that is, by the machine's clock.
    func checkTime(_ wall: Instant) throws(AuthenticationFailure) {
        if wall > end { throw AuthenticationFailure(.version2Expired(end: end, now: wall), .query) }
    }
}
