import S3API
import Smithy

/// The members with which a request says what is to be given back with the content.
protocol HeaderInput {
    var contentType: String? { get }
    var contentEncoding: String? { get }
    var contentDisposition: String? { get }
    var contentLanguage: String? { get }
    var cacheControl: String? { get }
    var expires: String? { get }
    var metadata: [String: String]? { get }
    var websiteRedirectLocation: String? { get }
}

extension S3.PutObject.Input: HeaderInput {}
extension S3.CreateMultipartUpload.Input: HeaderInput {}
extension S3.CopyObject.Input: HeaderInput {}

/// What a client sent to be given back with the content.
struct ObjectHeader: Sendable, Hashable {
    var contentType: String
    var contentEncoding: String?
    var contentDisposition: String?
    var contentLanguage: String?
    var cacheControl: String?
    /// As it was sent: S3 does not read it.
    var expires: String?
    /// Names in lower case, without `x-amz-meta-`.
    var metadata: [String: String]
    /// Where a website sends the object's visitors.
    var redirect: String?

    /// - Source: S3 User Guide, "Working with object metadata": 2 KB of names and values.
    static let metadataLimit = 2048
    static let defaultType = "binary/octet-stream"

    init(_ input: some HeaderInput) throws {
        contentType = input.contentType ?? ObjectHeader.defaultType
        contentEncoding = ObjectHeader.withoutFraming(input.contentEncoding)
        (contentDisposition, contentLanguage) = (input.contentDisposition, input.contentLanguage)
        (cacheControl, expires) = (input.cacheControl, input.expires)
        redirect = try RedirectLocation.checked(input.websiteRedirectLocation)
        metadata = Dictionary((input.metadata ?? [:]).map { ($0.lowercased(), $1) }) { first, second in
            first + "," + second
        }
        let size = metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard size <= ObjectHeader.metadataLimit else {
            throw S3.MetadataTooLarge(
                message: "Your metadata headers exceed the maximum allowed metadata size",
                fields: [.init("Size", String(size)), .init("MaxSizeAllowed", String(ObjectHeader.metadataLimit))])
        }
    }

    init(
        contentType: String, contentEncoding: String?, contentDisposition: String?, contentLanguage: String?,
        cacheControl: String?, expires: String?, metadata: [String: String], redirect: String? = nil
    ) {
        self.redirect = redirect
        (self.contentType, self.contentEncoding) = (contentType, contentEncoding)
        (self.contentDisposition, self.contentLanguage) = (contentDisposition, contentLanguage)
        (self.cacheControl, self.expires, self.metadata) = (cacheControl, expires, metadata)
    }

    /// `aws-chunked` tells how the body came and is no encoding of the content.
    static func withoutFraming(_ encoding: String?) -> String? {
        guard let encoding, !encoding.isEmpty else { return nil }
        guard encoding.contains("aws-chunked") else { return encoding }
        let kept = encoding.split(separator: ",").map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("aws-chunked") }
        return kept.isEmpty ? nil : kept.joined(separator: ", ")
    }
}
