import Smithy

/// Where a website sends the visitors of one object, in place of its content.
/// - Source: S3 API Reference, "PutObject", `x-amz-website-redirect-location`: at most 2 KB; the words as S3 was seen to answer
///   (scality/Arsenal pull request 212).
enum RedirectLocation {
    private static let longest = 2048

    static func checked(_ location: String?) throws -> String? {
        guard let location else { return nil }
        guard ["/", "http://", "https://"].contains(where: location.hasPrefix) else {
            throw S3Refusal(
                "InvalidRedirectLocation", 400,
                "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.")
        }
        guard location.utf8.count <= longest else {
            throw S3Refusal(
                "InvalidRedirectLocation", 400,
                "The length of website redirect location cannot exceed \(longest) characters.")
        }
        return location
    }
}
