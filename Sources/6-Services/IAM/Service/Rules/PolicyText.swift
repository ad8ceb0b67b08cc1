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

    /// Characters as IAM counts them for its quotas: white space is free.
    static func size(_ document: String) -> Int {
        document.unicodeScalars.reduce(0) { $0 + ($1 == " " || $1 == "\n" || $1 == "\t" || $1 == "\r" ? 0 : 1) }
    }

    /// Documents travel percent-encoded in IAM's answers (RFC 3986).
    static func encoded(_ document: String) -> String { PercentEncoding.encode(document) }
}

extension PolicyText {
    /// - Source: IAM and STS quotas: managed policy length, white space not counted.
    static let managedLimit = 6144

    static func checkManaged(_ document: String) throws {
        try check(document, as: .managed)
        guard size(document) <= managedLimit else {
            throw IAM.LimitExceededException(message: "Cannot exceed quota for PolicySize: \(managedLimit)")
        }
    }
}
