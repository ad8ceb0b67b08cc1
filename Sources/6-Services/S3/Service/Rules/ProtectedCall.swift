import Authentication
import Door
import HTTP
import S3API

/// What S3 asks of the way in which a call for protected content comes.
enum ProtectedCall {
    /// For content under a key of KMS: signed with Version 4, and not for others on the network to read.
    ///
    /// On loopback there is no network.
    /// - Source: S3 User Guide, "Specifying server-side encryption with AWS KMS (SSE-KMS)".
    static func checkForKMS(_ facts: RequestFacts) throws {
        try checkSignature(
            facts,
            "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.")
        guard facts.connection.tls != nil || facts.connection.isLoopback else {
            throw S3.InvalidRequest(
                message:
                    "Requests specifying Server Side Encryption with AWS KMS managed keys must be made over a secure "
                    + "connection.")
        }
    }

    /// For a key that the request itself brings: TLS alone, wherever it comes from.
    /// - Source: S3 User Guide, "Using server-side encryption with customer-provided keys (SSE-C)".
    static func checkForCustomerKey(_ facts: RequestFacts) throws {
        guard facts.connection.tls != nil else {
            throw S3.InvalidRequest(
                message: "Requests specifying Server Side Encryption with Customer provided keys must be made over a "
                    + "secure connection.")
        }
    }

    static func checkSignature(_ facts: RequestFacts, _ message: String) throws {
        guard !facts.caller.isAnonymous, facts.caller.signatureVersion != .version2 else {
            throw Refused.argument("Authorization", "null", message)
        }
    }
}
