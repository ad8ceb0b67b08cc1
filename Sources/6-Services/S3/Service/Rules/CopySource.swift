import Formats
import S3API
import Smithy
import World

/// The members with which a request names an object to copy from.
protocol CopySourceInput {
    var copySource: String { get }
    var copySourceIfMatch: String? { get }
    var copySourceIfModifiedSince: Instant? { get }
    var copySourceIfNoneMatch: String? { get }
    var copySourceIfUnmodifiedSince: Instant? { get }
    var copySourceSSECustomerAlgorithm: String? { get }
    var copySourceSSECustomerKey: String? { get }
    var copySourceSSECustomerKeyMD5: String? { get }
    var expectedSourceBucketOwner: String? { get }
}

extension S3.CopyObject.Input: CopySourceInput {}
extension S3.UploadPartCopy.Input: CopySourceInput {}

/// The object that a request copies from: `bucket/key`, encoded as in an URL, with a version behind it if one is meant.
/// - Source: S3 API Reference, "CopyObject", `x-amz-copy-source`.
struct CopySource: Sendable, Equatable {
    let bucket: String
    let key: String
    let version: String?

    /// - Throws: `InvalidArgument` where no object is named; `NotImplemented` for an ARN of anything but an object behind an
    ///   access point.
    init(_ header: String) throws {
        var path = header.utf8[...]
        if path.first == UInt8(ascii: "/") { path = path.dropFirst() }
        var version: String?
        let marker = Array("?versionId=".utf8)
        if let start = path.indices.last(where: { path[$0...].starts(with: marker) }) {
            version = CopySource.decoded(path[start...].dropFirst(marker.count))
            guard version?.isEmpty == false else { throw CopySource.invalid(header) }
            path = path[..<start]
        }
        guard let text = CopySource.decoded(path) else { throw CopySource.invalid(header) }
        if AccessPointName.isARN(text) {
            guard let object = AccessPointName.object(arn: text) else { throw Refused.header("x-amz-copy-source") }
            (bucket, key, self.version) = (object.point, object.key, version)
            return
        }
        let bytes = text.utf8
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")), slash > bytes.startIndex else {
            throw CopySource.invalid(header)
        }
        (bucket, key) = (String(text[..<slash]), String(text[slash...].dropFirst()))
        self.version = version
        guard !key.isEmpty else { throw CopySource.invalid(header) }
    }

    private init(_ bucket: String, _ key: String, _ version: String?) {
        (self.bucket, self.key, self.version) = (bucket, key, version)
    }

    /// The same object, by the name of its bucket.
    func lying(in bucket: String) -> CopySource { CopySource(bucket, key, version) }

    /// A plus stands for itself: only queries have it for a space.
    private static func decoded(_ text: Substring.UTF8View) -> String? {
        PercentEncoding.decode(text).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private static func invalid(_ header: String) -> S3.InvalidArgument {
        Refused.argument(
            "x-amz-copy-source", header, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
    }

    /// The value of `s3:x-amz-copy-source`: decoded, so that no other spelling of a key passes a policy by, and without the
    /// version, which has a permission of its own.
    var condition: String { bucket + "/" + key }
}

/// The key that a request brings for the object it copies from.
struct CopySourceKey: CustomerKeyInput {
    let sSECustomerAlgorithm: String?
    let sSECustomerKey: String?
    let sSECustomerKeyMD5: String?

    init(_ input: some CopySourceInput) {
        sSECustomerAlgorithm = input.copySourceSSECustomerAlgorithm
        sSECustomerKey = input.copySourceSSECustomerKey
        sSECustomerKeyMD5 = input.copySourceSSECustomerKeyMD5
    }
}

extension CopySourceInput {
    /// The conditions on what is copied: one that does not hold fails the copy, whichever it is.
    func check(_ source: StoredObject) throws {
        let conditions = ReadConditions(
            ifMatch: copySourceIfMatch, ifNoneMatch: copySourceIfNoneMatch,
            ifModifiedSince: copySourceIfModifiedSince, ifUnmodifiedSince: copySourceIfUnmodifiedSince)
        switch conditions.outcome(etag: source.etag, modified: source.modified) {
        case .proceed: return
        case .failed(let condition): throw Refused.precondition("x-amz-copy-source-" + condition)
        case .notModified:
            let condition = copySourceIfNoneMatch == nil ? "If-Modified-Since" : "If-None-Match"
            throw Refused.precondition("x-amz-copy-source-" + condition)
        }
    }
}

extension S3Record {
    /// The lines that name what is copied.
    mutating func put(_ input: some CopySourceInput, _ target: BucketTarget?) {
        put("x-amz-copy-source", input.copySource)
        put("x-amz-source-expected-bucket-owner", input.expectedSourceBucketOwner)
        put(
            "x-amz-copy-source-server-side-encryption-customer-algorithm",
            input.copySourceSSECustomerAlgorithm)
        if let source = try? CopySource(input.copySource) { copies(source.key, of: source.bucket, target) }
    }
}
