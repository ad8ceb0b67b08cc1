import World

/// What a form posted to S3 says of who sends it: a policy, and a signature over it of Version 4 or 2; or nothing.
/// - Source: S3 API Reference, "Authenticating Requests in Browser-Based Uploads Using POST"; S3 User Guide, "HTML forms (AWS
///   signature version 2)".
public struct FormSignature: Sendable {
    /// The policy as sent, which is what is signed: Base64.
    public let policy: [UInt8]?
    let parts: Parts
    let sessionToken: [UInt8]?

    enum Parts: Sendable {
        case none
        case version2(accessKeyID: [UInt8], signature: [UInt8])
        case version4(algorithm: [UInt8], credential: [UInt8], date: [UInt8], signature: [UInt8])
    }

    /// The names of the fields, in lower case, that are read here. None may come twice.
    public static let names: Set<String> = [
        "policy", "awsaccesskeyid", "signature", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature",
        "x-amz-security-token",
    ]

    /// - Parameter field: gives the value of the field of that name, in lower case.
    public init(_ field: (String) -> [UInt8]?) throws(AuthenticationFailure) {
        func required(_ name: String, as shown: String) throws(AuthenticationFailure) -> [UInt8] {
            guard let value = field(name) else { throw AuthenticationFailure(.missingFormField(shown), .form) }
            return value
        }
        policy = field("policy")
        sessionToken = field("x-amz-security-token")
        let is4 = ["x-amz-algorithm", "x-amz-credential", "x-amz-signature"].contains { field($0) != nil }
        let is2 = ["awsaccesskeyid", "signature"].contains { field($0) != nil }
        guard !(is4 && is2) else { throw AuthenticationFailure(.twoMechanisms(authorization: ""), .form) }
        if is4 {
            parts = .version4(
                algorithm: try required("x-amz-algorithm", as: "X-Amz-Algorithm"),
                credential: try required("x-amz-credential", as: "X-Amz-Credential"),
                date: try required("x-amz-date", as: "X-Amz-Date"),
                signature: try required("x-amz-signature", as: "X-Amz-Signature"))
        } else if is2 || policy != nil || sessionToken != nil {
            parts = .version2(
                accessKeyID: try required("awsaccesskeyid", as: "AWSAccessKeyId"),
                signature: try required("signature", as: "signature"))
        } else {
            parts = .none
        }
        if case .none = parts { return }
        _ = try required("policy", as: "policy")
    }

    /// The Region that the signature is made for; nil where it names none.
    public var region: String? {
        guard case .version4(_, let credential, _, _) = parts else { return nil }
        return CredentialScope(credential[...]).map { String(decoding: $0.region, as: UTF8.self) }
    }
}
