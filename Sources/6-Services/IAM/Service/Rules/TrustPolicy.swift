import AWS
import Authorization
import IAMAPI
import Storage

/// The policy that says who may take on a role.
///
/// Users and roles it names are stored by their unique ids, so that a namesake of a deleted one gains nothing, and shown
/// by their ARNs again while they exist.
/// - Source: IAM User Guide, "AWS JSON policy elements: Principal".
enum TrustPolicy {
    /// - Source: IAM and STS quotas: role trust policy length.
    static let limit = 2048

    /// The text to store. Throws where AWS refuses the document, also where it names a user or role that is not there.
    static func stored(_ document: String, _ snapshot: borrowing Snapshot) throws -> String {
        try PolicyText.check(document, as: .trust)
        guard PolicyText.size(document) <= limit else {
            throw IAM.LimitExceededException(message: "Cannot exceed quota for ACLSizePerRole: \(limit)")
        }
        return try rewriting(document) { arn in
            guard let entity = try Entity(arn, snapshot) else { return nil }
            guard let id = entity.id else {
                throw IAM.MalformedPolicyDocumentException(message: "Invalid principal in policy: \"AWS\":\"\(arn)\"")
            }
            return id
        }
    }

    /// The text as answers show it.
    static func shown(_ stored: String, _ snapshot: borrowing Snapshot) throws -> String {
        try rewriting(stored) { id in
            if id.hasPrefix(EntityKind.user.idPrefix) { return try User.find(id: id, snapshot)?.arn }
            return id.hasPrefix(EntityKind.role.idPrefix) ? try Role.find(id: id, snapshot)?.arn : nil
        }
    }

    /// Replaces the `AWS` principals for which `name` gives another text; everything else stays byte for byte.
    private static func rewriting(_ document: String, _ name: (String) throws -> String?) throws -> String {
        let text = Array(document.utf8)
        var names: [String: String] = [:]
        for mention in CompiledPolicy(stored: text, as: .trust).document.principals where mention.kind == .aws {
            names[mention.value] = try name(mention.value)
        }
        return names.isEmpty ? document : String(decoding: try PrincipalRewriting.rewrite(text, names), as: UTF8.self)
    }

    /// What an ARN in a trust policy names: a user or a role, there or not.
    private struct Entity {
        /// Nil where there is none of that name and path.
        let id: String?

        /// Nil where the text is no ARN of a user or role.
        init?(_ text: String, _ snapshot: borrowing Snapshot) throws {
            guard let arn = ARN(text), arn.service == "iam", let account = arn.accountID,
                let slash = arn.resource.firstIndex(of: "/"), let last = arn.resource.lastIndex(of: "/")
            else { return nil }
            let name = String(arn.resource[arn.resource.index(after: last)...])
            switch arn.resource[..<slash] {
            case "user":
                let user = try User.find(name, in: account, snapshot).record
                id = user?.arn == text ? user?.id : nil
            case "role":
                let role = try Role.find(name, in: account, snapshot).record
                id = role?.arn == text ? role?.id : nil
            default: return nil
            }
        }
    }
}
