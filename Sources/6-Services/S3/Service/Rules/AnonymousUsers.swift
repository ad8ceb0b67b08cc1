import Authentication
import Door

/// What nobody may do without a signature, whatever policies and lists say.
/// - Source: the words as S3 was seen to answer (aws-sdk-cpp's issue 1575, scylladb's 13425).
enum AnonymousUsers {
    static func refuse(_ what: String, _ facts: RequestFacts) throws {
        guard facts.caller.isAnonymous else { return }
        throw AccessDenied("Anonymous users cannot \(what).  Please authenticate.")
    }
}
