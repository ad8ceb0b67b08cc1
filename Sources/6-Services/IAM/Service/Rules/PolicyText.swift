import Authorization
import Formats
import IAMAPI

/// Checks policy documents before they are stored.
enum PolicyText {
    /// Throws `MalformedPolicyDocument` where AWS does.
    static func check(_ document: String, as kind: PolicyKind) throws {
        do { _ = try PolicyParser.parse(Array(document.utf8), as: kind) } catch {
            throw IAM.MalformedPolicyDocumentException(message: error.message)
        }
    }

    /// As `check`, and that a managed policy is not too long.
    static func checkManaged(_ document: String) throws {
        try check(document, as: .managed)
        guard PolicyQuota.countWithoutWhitespace(document) <= PolicyQuota.managed else {
            throw IAM.LimitExceededException(message: "Cannot exceed quota for PolicySize: \(PolicyQuota.managed)")
        }
    }

    /// Documents travel percent-encoded in IAM's answers (RFC 3986).
    static func encoded(_ document: String) -> String { PercentEncoding.encode(document) }
}
