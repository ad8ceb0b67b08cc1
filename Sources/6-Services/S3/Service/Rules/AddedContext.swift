import Formats
import S3API

/// The encryption context that an upload adds to the one S3 has for every object.
///
/// It is stored with the object and given to KMS whenever the object is read.
/// - Source: S3 User Guide, "Using server-side encryption with AWS KMS keys", "Encryption context".
struct AddedContext: Sendable, Equatable {
    let pairs: [String: String]
    /// As the request has it; nil where it was read from the store.
    let text: String?

    /// The name under which S3's own context has the ARN.
    static let ownName = "aws:s3:arn"

    init(pairs: [String: String], text: String? = nil) { (self.pairs, self.text) = (pairs, text) }

    /// - Parameter header: JSON in base64.
    init(header: String) throws {
        guard let json = Base64.decode(header), let pairs = try? TextMap.decoded(json) else {
            throw Refused.argument(
                "x-amz-server-side-encryption-context", header,
                "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which "
                    + "represents a string-string map")
        }
        self.init(pairs: pairs, text: header)
    }

    /// All that KMS is told. - Parameter arn: of the object, or of the bucket where its key is used.
    func whole(_ arn: String) throws -> [String: String] {
        // Condition keys have no case: another spelling would speak for the ARN, too.
        for (name, value) in pairs where name.lowercased() == AddedContext.ownName {
            guard name == AddedContext.ownName, value == arn else {
                throw Refused.argument(
                    "x-amz-server-side-encryption-context", text ?? "",
                    "The encryption context names \(AddedContext.ownName), which S3 itself adds as \(arn).")
            }
        }
        return pairs.merging([AddedContext.ownName: arn]) { _, own in own }
    }
}
