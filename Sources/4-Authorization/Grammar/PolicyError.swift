/// A policy document that AWS would refuse, in AWS's words.
public struct PolicyError: Error, Hashable, Sendable {
    /// `MalformedPolicyDocument`, for Organizations policies `MalformedPolicyDocumentException`.
    public let code: String
    public let message: String
    /// Byte offset of the fault, where it is one place.
    public let offset: Int?

    public init(code: String = "MalformedPolicyDocument", message: String, offset: Int? = nil) {
        (self.code, self.message, self.offset) = (code, message, offset)
    }

    static func syntax(at offset: Int?) -> PolicyError {
        PolicyError(message: "Syntax errors in policy.", offset: offset)
    }
    static let legacy = PolicyError(message: "The policy failed legacy parsing")

    /// The same fault as Organizations tells it.
    var asOrganizations: PolicyError {
        PolicyError(
            code: "MalformedPolicyDocumentException",
            message: "The provided policy document does not meet the requirements of the specified policy type.",
            offset: offset)
    }
}
