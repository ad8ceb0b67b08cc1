import AWS
import Authorization
import Formats
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
        var ids: [String: String] = [:]
        for arn in try PolicyDocument.principals(Array(document.utf8)) {
            guard let entity = try id(of: arn, snapshot) else { continue }
            guard let id = entity.id else {
                throw IAM.MalformedPolicyDocumentException(
                    message: "Invalid principal in policy: \"AWS\":\"\(arn)\"")
            }
            ids[arn] = id
        }
        return try rewritten(document, ids)
    }

    /// The text as answers show it.
    static func shown(_ stored: String, _ snapshot: borrowing Snapshot) throws -> String {
        var arns: [String: String] = [:]
        for id in try PolicyDocument.principals(Array(stored.utf8)) {
            if id.hasPrefix("AIDA") {
                arns[id] = try User.find(id: id, snapshot)?.arn
            } else if id.hasPrefix("AROA") {
                arns[id] = try Role.find(id: id, snapshot)?.arn
            }
        }
        return try rewritten(stored, arns)
    }

    private static func rewritten(_ document: String, _ names: [String: String]) throws -> String {
        guard !names.isEmpty else { return document }
        return String(decoding: try PolicyDocument.rewritePrincipals(Array(document.utf8), names), as: UTF8.self)
    }

    /// Nil where the text is no ARN of a user or role; the id is nil where there is no such entity here.
    private static func id(of text: String, _ snapshot: borrowing Snapshot) throws -> (id: String?, Void)? {
        guard let arn = ARN(text), arn.service == "iam", let account = arn.accountID,
            let slash = arn.resource.firstIndex(of: "/"), let last = arn.resource.lastIndex(of: "/")
        else { return nil }
        let name = String(arn.resource[arn.resource.index(after: last)...])
        switch arn.resource[..<slash] {
        case "user":
            let user = try User.find(name, in: account, snapshot).record
            return (user?.arn == text ? user?.id : nil, ())
        case "role":
            let role = try Role.find(name, in: account, snapshot).record
            return (role?.arn == text ? role?.id : nil, ())
        default: return nil
        }
    }
}
