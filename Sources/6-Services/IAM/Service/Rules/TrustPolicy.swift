import AWS
import Authorization
import Door
import Formats
import IAMAPI
import Storage

/// The policy that says who may take on a role.
///
/// Users and roles it names are stored by their unique ids, so that a namesake of a deleted one gains nothing, and shown
/// by their ARNs again while they exist.
/// - Source: IAM User Guide, "AWS JSON policy elements: Principal".
enum TrustPolicy {
    /// The text to store. Throws where AWS refuses the document, also where it names a user or role that is not there.
    static func stored(_ document: String, _ snapshot: borrowing Snapshot) throws -> String {
        guard isJSON(document) else {
            throw IAM.MalformedPolicyDocumentException(message: "This policy contains invalid Json")
        }
        try PolicyText.check(document, as: .trust)
        do { try TrustControls.check(Array(document.utf8)) } catch {
            throw IAM.MalformedPolicyDocumentException(message: error.message)
        }
        guard PolicyQuota.countWithoutWhitespace(document) <= PolicyQuota.trust else {
            throw IAM.LimitExceededException(message: "Cannot exceed quota for ACLSizePerRole: \(PolicyQuota.trust)")
        }
        return try StoredPrincipals.rewriting(document, as: .trust) { arn in
            switch try IAMPrincipals().entity(arn: arn, in: snapshot) {
            case nil: return nil
            case .id(let id): return id
            case .missing:
                throw IAM.MalformedPolicyDocumentException(message: "Invalid principal in policy: \"AWS\":\"\(arn)\"")
            }
        }
    }

    /// Whether the text is JSON at all, of whatever kind.
    private static func isJSON(_ text: String) -> Bool {
        var json = JSONReader(Array(text.utf8), depthLimit: 32)
        do {
            try json.skipValue()
            try json.finish()
            return true
        } catch { return false }
    }

    /// The text as answers show it.
    static func shown(_ stored: String, _ snapshot: borrowing Snapshot) throws -> String {
        try StoredPrincipals.rewriting(stored, as: .trust) { try IAMPrincipals().arn(id: $0, in: snapshot) }
    }
}
