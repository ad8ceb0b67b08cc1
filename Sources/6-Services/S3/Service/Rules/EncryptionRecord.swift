import Formats
import S3API
import Smithy

/// The lines of an answer's head that tell of encryption, as its record shows them.
enum EncryptionRecord {
    /// - Parameters:
    ///   - customer: the algorithm of a key that came with the request.
    ///   - version: of the object that was made.
    static func told(_ output: some EncryptionLines, customer: String? = nil, version: String? = nil) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        let lines = [
            ("x-amz-server-side-encryption", output.serverSideEncryption?.rawValue),
            ("x-amz-server-side-encryption-aws-kms-key-id", output.sSEKMSKeyId),
            ("x-amz-server-side-encryption-bucket-key-enabled", output.bucketKeyEnabled.map { $0 ? "true" : "false" }),
            ("x-amz-server-side-encryption-customer-algorithm", customer), ("x-amz-version-id", version),
        ]
        for case (let name, let value?) in lines { json.member(name, value) }
        json.endObject()
        return json.bytes
    }
}
