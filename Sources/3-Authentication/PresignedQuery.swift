import HTTP
import World

/// Reads a signature from the query: `X-Amz-Algorithm` and its companions.
/// - Source: S3 API Reference, "Authenticating Requests: Using Query Parameters".
enum PresignedQuery {
    /// The longest life of a presigned request, in seconds: a week.
    static let longestLifetime: Int64 = 604_800
    /// The life of one that names none, which services other than S3 accept.
    static let defaultLifetime: Int64 = 900

    static func isPresigned(_ query: CanonicalQuery) -> Bool {
        query.contains("X-Amz-Algorithm") || query.contains("X-Amz-Signature") || query.contains("X-Amz-Credential")
    }

    static func read(_ query: CanonicalQuery, isS3: Bool, header token: [UInt8]?) throws(AuthenticationFailure)
        -> SignatureClaim
    {
        if let algorithm = query.only("X-Amz-Algorithm"), algorithm != SignatureClaim.algorithm {
            throw AuthenticationFailure(.unsupportedAlgorithm(String(decoding: algorithm, as: UTF8.self)), .query)
        }
        var missing = MissingParts()
        missing.algorithm = query.only("X-Amz-Algorithm") == nil
        missing.lifetime = query.only("X-Amz-Expires") == nil && (isS3 || query.contains("X-Amz-Expires"))
        let (credentialText, date) = (query.only("X-Amz-Credential"), query.only("X-Amz-Date"))
        let (signedHeaders, signature) = (query.only("X-Amz-SignedHeaders"), query.only("X-Amz-Signature"))
        missing.credential = credentialText == nil
        missing.date = date == nil
        missing.signedHeaders = signedHeaders == nil
        missing.signature = signature == nil
        guard let credentialText, let date, let signedHeaders, let signature, missing.isEmpty else {
            throw AuthenticationFailure(.incomplete(missing), .query)
        }
        guard let credential = CredentialScope(credentialText[...]) else {
            throw AuthenticationFailure(.malformedCredential(String(decoding: credentialText, as: UTF8.self)), .query)
        }
        guard let instant = Instant(basicBytes: date.span) else {
            throw AuthenticationFailure(.malformedDate(String(decoding: date, as: UTF8.self)), .query)
        }
        if query.contains("X-Amz-Security-Token"), query.only("X-Amz-Security-Token") == nil {
            throw AuthenticationFailure(.duplicateHeader("X-Amz-Security-Token"), .query)
        }
        return SignatureClaim(
            method: .query, credential: credential, signedHeaders: signedHeaders[...], signature: signature[...],
            time: date[...],
            instant: instant, lifetime: try lifetime(query.only("X-Amz-Expires")),
            sessionToken: query.only("X-Amz-Security-Token") ?? token)
    }

    private static func lifetime(_ text: [UInt8]?) throws(AuthenticationFailure) -> Int64 {
        guard let text else { return defaultLifetime }
        guard let seconds = Int64(String(decoding: text, as: UTF8.self)) else {
            throw AuthenticationFailure(.malformedLifetime(.notANumber), .query)
        }
        if seconds < 0 { throw AuthenticationFailure(.malformedLifetime(.negative), .query) }
        if seconds > longestLifetime { throw AuthenticationFailure(.malformedLifetime(.tooLong), .query) }
        return seconds
    }
}
