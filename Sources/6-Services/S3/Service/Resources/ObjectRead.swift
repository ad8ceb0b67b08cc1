import Authentication
import Blobs
import Door
import Formats
import S3API
import Smithy
import Storage
import World

/// The members that GetObject and HeadObject have in common.
protocol ReadInput: CustomerKeyInput {
    var bucket: String { get }
    var key: String { get }
    var ifMatch: String? { get }
    var ifNoneMatch: String? { get }
    var ifModifiedSince: Instant? { get }
    var ifUnmodifiedSince: Instant? { get }
    var range: String? { get }
    var partNumber: Int? { get }
    var versionId: String? { get }
    var checksumMode: S3.ChecksumMode? { get }
    var expectedBucketOwner: String? { get }
    var responseCacheControl: String? { get }
    var responseContentDisposition: String? { get }
    var responseContentEncoding: String? { get }
    var responseContentLanguage: String? { get }
    var responseContentType: String? { get }
    var responseExpires: Instant? { get }
}

extension S3.GetObject.Input: ReadInput {}
extension S3.HeadObject.Input: ReadInput {}

extension ReadInput {
    var asksForHeaders: Bool {
        responseCacheControl != nil || responseContentDisposition != nil || responseContentEncoding != nil
            || responseContentLanguage != nil || responseContentType != nil || responseExpires != nil
    }
}

/// An object that is about to be read: what of it, and with which key.
struct ObjectRead: Sendable {
    let object: StoredObject
    let content: ObjectContent
    let place: ObjectPlace
    /// That came with the request.
    let customerKey: CustomerKey?
    /// The bytes to give.
    let range: Range<Int64>
    /// Whether the answer is Partial Content.
    let isPart: Bool
    /// The number of the part that is wanted; nil where none is, or the content has none.
    let part: Int?
    /// How many parts the object has, for those who want one of them.
    let partsCount: Int?

    /// Who comes in the wrong way or without the customer's key hears nothing of conditions and ranges, which tell of the
    /// object.
    /// - Parameter content: nil where there is no object.
    init(_ input: some ReadInput, _ content: ObjectContent?, under permit: borrowing Permit<ObjectTarget>) throws {
        if permit.facts.caller.isAnonymous, input.asksForHeaders {
            throw S3.InvalidRequest(
                message: "Request specific response headers cannot be used for anonymous GET requests.")
        }
        let opened = try ObjectAccess(input, version: input.versionId, content, under: permit)
        (object, self.content, place, customerKey) = (opened.object, opened.content, opened.place, opened.customerKey)
        try ObjectRead.check(input, object)
        part = self.content.layout == nil ? nil : input.partNumber
        partsCount = part == nil ? nil : self.content.layout?.count
        (range, isPart) = try ObjectRead.extent(input, object.size, self.content.layout)
    }

    /// Whether the checksum is to be told: that of the whole says nothing of a range. A part has one of its own.
    func tellsChecksum(_ input: some ReadInput) -> Bool {
        input.checksumMode == .enabled && (tellsPart || range.count == object.size)
    }

    /// Whether the checksum to tell is a part's.
    var tellsPart: Bool { part != nil }

    /// The checksum to tell. - Parameter part: whose it is, where `tellsPart`.
    func checksum(_ open: OpenProtection, of part: StoredPart?) throws -> ObjectChecksum {
        guard tellsPart, let part else { return try object.checksum(content, open) }
        return try object.checksum(of: part, open)
    }

    private static func check(_ input: some ReadInput, _ object: StoredObject) throws {
        let conditions = ReadConditions(
            ifMatch: input.ifMatch, ifNoneMatch: input.ifNoneMatch, ifModifiedSince: input.ifModifiedSince,
            ifUnmodifiedSince: input.ifUnmodifiedSince)
        switch conditions.outcome(etag: object.etag, modified: object.modified) {
        case .proceed: return
        case .failed(let condition): throw Refused.precondition(condition)
        case .notModified: throw NotModified(etag: object.etag, modified: object.modified)
        }
    }

    /// - Parameter layout: nil for content in one piece: part 1 is the whole, and there is no other.
    private static func extent(_ input: some ReadInput, _ size: Int64, _ layout: ContentLayout?) throws -> (
        Range<Int64>, isPart: Bool
    ) {
        if let part = input.partNumber {
            guard input.range == nil else {
                throw S3.InvalidRequest(message: "Cannot specify both Range header and partNumber query parameter")
            }
            guard part >= 1 else {
                throw Refused.argument(
                    "partNumber", String(part), "Part number must be an integer between 1 and 10000, inclusive")
            }
            guard let range = layout.map({ $0.range(ofPart: part) }) ?? (part == 1 ? 0..<size : nil) else {
                throw S3Refusal(
                    "InvalidPartNumber", 416, "The requested partnumber is not satisfiable",
                    [
                        .init("PartNumberRequested", String(part)),
                        .init("ActualPartCount", String(layout?.count ?? 1)),
                    ])
            }
            return (range, !range.isEmpty)
        }
        switch ByteRange(input.range, of: size) {
        case .whole: return (0..<size, false)
        case .part(let range): return (range, true)
        case .unsatisfiable:
            throw S3.InvalidRange(
                message: "The requested range is not satisfiable",
                fields: [.init("RangeRequested", input.range ?? ""), .init("ActualObjectSize", String(size))])
        }
    }
}

/// The caller has what there is.
struct NotModified: ServiceError {
    let etag: [UInt8]
    let modified: Instant

    var code: String { "NotModified" }
    var httpStatus: Int { 304 }
    var message: String { "Not Modified" }
    var headers: [ErrorField] {
        [ErrorField("ETag", EntityTag.text(etag)), ErrorField("Last-Modified", modified.httpDate)]
    }
}
