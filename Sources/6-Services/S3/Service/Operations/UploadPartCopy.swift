import Authentication
import Blobs
import Door
import HTTP
import Journal
import S3API
import Smithy
import Storage
import World

/// Adds a part to an upload that is the content of an object, or a range of it.
/// - Source: S3 API Reference, "UploadPartCopy".
struct UploadPartCopy: PreparedChange {
    typealias Shape = S3.UploadPartCopy
    let objects: Objects

    /// The upload, what the part is made of, and where that lies.
    struct Target: Sendable {
        let upload: UploadTarget
        let copied: CopiedObject
        let segments: [ContentSegment]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let upload = try objects.findUpload(input.uploadId, to: input.key, in: input.bucket, snapshot)
        let copied = try CopiedObject(input, objects, snapshot)
        var segments: [ContentSegment] = []
        if let object = copied.object.object, let content = copied.object.content,
            let range = try? CopyRange.range(input.copySourceRange, of: object.size)
        {
            segments = try content.segments(range, of: object.content, snapshot)
        }
        return Target(upload: upload, copied: copied, segments: segments)
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        try target.upload.object.check(owner: input.expectedBucketOwner, facts)
        try target.copied.check(input, facts)
        try AnonymousUsers.refuse("copy objects", facts)
        let keys = [ConditionEntry(.s3XAmzCopySource, target.copied.source.condition)]
        let asks = [try target.copied.reading(), try target.upload.storing(keys, creates: false, at: facts.now)]
        return try target.copied.object.telling(asks, version: target.copied.source.version)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<Target>) async throws -> StagedPart {
        let (target, facts, calls) = (permit.target, permit.facts, permit.calls)
        try PartNumber.check(input.partNumber)
        let (upload, content) = try target.upload.open()
        try target.upload.object.checkBlocked(input, facts)
        let source = try target.copied.opened(input, permit.hint, facts)
        try CopiedObject.checkSize(Int64(try CopyRange.range(input.copySourceRange, of: source.object.size).count))
        let open = try await target.upload.key(input, content, objects.cipher, facts, calls)
        let copy = ContentCopy(objects: objects, source: source, segments: target.segments)
        let body = try await copy.store(upload.checksum.algorithm, under: open, calls)
        var part = StagedPart(body, input.partNumber, of: upload, open, at: facts.now)
        part.source = source.object.content
        return part
    }

    func perform(
        _ input: Input, _ prepared: StagedPart, under permit: borrowing Permit<Target>,
        in transaction: inout Transaction
    ) throws -> Output {
        try prepared.check(permit.target.upload)
        // The policies were asked about the source that there is now.
        guard permit.target.copied.object.object?.content == prepared.source else { throw Failure.unsettled }
        let upload = try permit.target.upload.open().upload
        try permit.target.upload.object.checkBlocked(input, permit.facts)
        try prepared.put(&transaction)
        permit.target.upload.note(prepared.protection)
        var result = S3.CopyPartResult(
            eTag: EntityTag.text(prepared.part.etag), lastModified: Instant(seconds: permit.facts.now.seconds))
        if upload.checksum.isNamed {
            let told = ObjectChecksum(algorithm: prepared.body.algorithm, value: prepared.body.checksum)
            result.setText(told.text ?? "", told.algorithm)
        }
        permit.facts.notes?.copied(prepared.body.reference.length)
        var output = Output(copyPartResult: result)
        output.set(prepared.protection, customerKey: input.sSECustomerKeyMD5)
        output.copySourceVersionId = try permit.target.copied.object.shownVersion()
        return output
    }

    func abandon(_ prepared: StagedPart) async { await prepared.abandon(objects) }
    func settle(_ prepared: StagedPart) async { await prepared.outdated.remove(from: objects.blobs, objects.log) }

    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, of: input)
        record.put("partNumber", String(input.partNumber))
        record.put(input, target?.copied.object.bucket)
        record.put("x-amz-copy-source-range", input.copySourceRange)
        record.put("x-amz-server-side-encryption-customer-algorithm", input.sSECustomerAlgorithm)
        if let applied = target?.upload.applied.withLock({ $0 }) { record.encrypted(applied) }
        return record.recording(of: target?.upload.object.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements {
        .json(EncryptionRecord.told(output, customer: output.sSECustomerAlgorithm))
    }
}

extension S3.UploadPartCopy.Input: CustomerKeyInput {}
extension S3.UploadPartCopy.Output: EncryptionOutput {}
extension S3.CopyPartResult: ChecksumTexts {}

/// The bytes of an object that `x-amz-copy-source-range` names: first and last, both of them there.
/// - Source: S3 API Reference, "UploadPartCopy"; the words as S3 was seen to answer.
enum CopyRange {
    /// - Parameter header: nil for all of them.
    static func range(_ header: String?, of size: Int64) throws -> Range<Int64> {
        guard let header else { return 0..<size }
        let bytes = header.utf8
        let parts = bytes.dropFirst(6).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard bytes.starts(with: "bytes=".utf8), parts.count == 2, let first = number(parts[0]),
            let last = number(parts[1]), first <= last
        else {
            throw Refused.argument(
                "x-amz-copy-source-range", header,
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
                    + "zero-based offsets of the first and last bytes to copy")
        }
        guard last < size else {
            throw Refused.argument(
                "x-amz-copy-source-range", header, "Range specified is not valid for source object of size: \(size)")
        }
        return first..<last + 1
    }

    private static func number(_ text: Substring.UTF8View) -> Int64? {
        guard (1...18).contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
