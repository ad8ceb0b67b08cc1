import Crypto
import Door
import Formats
import S3API
import Smithy

/// The members with which a request brings a key (SSE-C).
protocol CustomerKeyInput {
    var sSECustomerAlgorithm: String? { get }
    var sSECustomerKey: String? { get }
    var sSECustomerKeyMD5: String? { get }
}

extension S3.GetObject.Input: CustomerKeyInput {}
extension S3.HeadObject.Input: CustomerKeyInput {}

/// A key that a customer provides with each request, and nobody keeps.
/// - Source: S3 User Guide, "Using server-side encryption with customer-provided keys (SSE-C)".
final class CustomerKey: Sendable {
    let secret: SecretBytes
    /// In base64, as the answer repeats it.
    let md5: String

    private init(_ secret: consuming SecretBytes, md5: String) {
        self.secret = secret
        self.md5 = md5
    }

    /// Nil where the upload brings none.
    convenience init?(writing input: some EncryptionInput) throws {
        if let method = input.serverSideEncryption, input.bringsKey {
            throw Refused.argument(
                CustomerKey.argument, method.rawValue,
                "Server Side Encryption with Customer provided key is incompatible with the encryption method specified"
            )
        }
        guard var parts = try CustomerKey.parts(input) else { return nil }
        guard parts.key.count == AESGCM.keyByteCount else { throw CustomerKey.invalid }
        self.init(SecretBytes(taking: &parts.key), md5: parts.md5)
    }

    /// Nil where the request brings none. A key of another length opens nothing.
    convenience init?(reading input: some CustomerKeyInput) throws {
        guard var parts = try CustomerKey.parts(input) else { return nil }
        self.init(SecretBytes(taking: &parts.key), md5: parts.md5)
    }

    private static func parts(_ input: some CustomerKeyInput) throws -> (key: [UInt8], md5: String)? {
        guard input.bringsKey else { return nil }
        guard let algorithm = input.sSECustomerAlgorithm else {
            throw refusal("a valid encryption algorithm.")
        }
        guard algorithm == "AES256" else {
            throw S3Refusal(
                "InvalidEncryptionAlgorithmError", 400,
                "The Encryption request you specified is not valid. Supported value: AES256.",
                [.init("ArgumentName", argument), .init("ArgumentValue", algorithm)])
        }
        guard let text = input.sSECustomerKey else { throw refusal("an appropriate secret key.") }
        guard let md5 = input.sSECustomerKeyMD5 else { throw refusal("the client calculated MD5 of the secret key.") }
        guard let key = Base64.decode(text) else { throw invalid }
        guard Base64.encode(MD5.hash(key)) == md5 else {
            throw Refused.argument(
                argument, "null", "The calculated MD5 hash of the key did not match the hash that was provided.")
        }
        return (key, md5)
    }

    // S3 names this header in all of them.
    private static let argument = "x-amz-server-side-encryption"

    private static func refusal(_ what: String) -> S3.InvalidArgument {
        Refused.argument(
            argument, "null",
            "Requests specifying Server Side Encryption with Customer provided keys must provide \(what)")
    }

    private static let invalid = Refused.argument(
        argument, "null", "The secret key was invalid for the specified algorithm.")

    static let wrong = AccessDenied(
        "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.")
}

extension CustomerKeyInput {
    var bringsKey: Bool { sSECustomerAlgorithm != nil || sSECustomerKey != nil || sSECustomerKeyMD5 != nil }
}
