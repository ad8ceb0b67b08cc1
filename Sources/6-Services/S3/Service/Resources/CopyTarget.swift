import Authentication
import Blobs
import Crypto
import Door
import S3API
import Smithy
import Storage
import World

/// An object that is copied from, with the rows of its content.
struct CopiedObject: Sendable {
    let source: CopySource
    let object: ObjectTarget

    /// - Throws: what `CopySource` throws.
    init(_ input: some CopySourceInput, _ objects: Objects, _ snapshot: borrowing Snapshot) throws {
        let source = try CopySource(input.copySource)
        var target = try objects.find(source.key, in: source.bucket, version: source.version, snapshot)
        target.content = try target.object.map { try ObjectContent.find($0.content, snapshot) }
        object = target
        // Policies are told of the bucket, whichever door the copy goes through.
        self.source =
            target.bucket.point == nil ? source : source.lying(in: target.bucket.bucket?.name ?? source.bucket)
    }

    /// What must hold before the policies are asked. The source may lie in another Region, but not behind an access point.
    /// - Source: S3 User Guide, "Access point compatibility".
    func check(_ input: some CopySourceInput, _ facts: RequestFacts) throws {
        try object.check(
            owner: input.expectedSourceBucketOwner, version: source.version, facts,
            anyRegion: object.bucket.point == nil)
    }

    func reading(_ action: String = "GetObject") throws -> Ask { try object.ask(action, version: source.version) }

    /// The source for a caller who came in the right way and with its key.
    /// - Parameter hint: whether the caller may know that it is missing.
    func opened(_ input: some CopySourceInput, _ hint: Verdict?, _ facts: RequestFacts) throws -> ObjectAccess {
        if object.marker != nil, source.version != nil { throw CopiedObject.isMarker }
        let access = try ObjectAccess(
            CopySourceKey(input), version: source.version, object.content, of: object, hint, facts)
        try input.check(access.object)
        return access
    }

    /// - Source: S3 User Guide, "Working with delete markers"; the words as S3 was seen to answer (LocalStack's validated tests).
    private static let isMarker = S3.InvalidRequest(
        message: "The source of a copy request may not specifically refer to a delete marker by version id.")

    /// Bytes that one request may copy.
    /// - Source: S3 User Guide, "Copying, moving, and renaming objects".
    static let limit: Int64 = 5 << 30

    static func checkSize(_ size: Int64) throws {
        guard size > limit else { return }
        throw S3.InvalidRequest(
            message: "The specified copy source is larger than the maximum allowable size for a copy source: \(limit)")
    }
}

/// Content on its way from one object to another: opened under the key of the one, sealed under that of the other, a piece at
/// a time.
struct ContentCopy {
    let objects: Objects
    let source: ObjectAccess
    let segments: [ContentSegment]

    /// - Parameter open: the key of the copy.
    func store(_ algorithm: ChecksumAlgorithm, under open: OpenProtection, _ calls: Calls) async throws -> StoredBody {
        let own = try await objects.cipher.open(
            source.content.protection, at: source.place, customer: source.customerKey,
            calls.in(source.place.bucket.region))
        let writer = objects.blobs.writer(open.cover)
        do {
            let digests = ContentDigests(algorithm, wantsMD5: open.protection.isS3)
            if !segments.isEmpty {
                var reader = try await ContentReader(source.content, segments, objects.blobs, own.cover)
                while let piece = try await reader.next() {
                    try await objects.blobs.run { digests.update(piece) }
                    try await writer.append(piece)
                }
            }
            let (md5, checksum) = digests.finish()
            return StoredBody(
                reference: try await writer.finish(), etag: md5 ?? SecureRandom.bytes(16), algorithm: algorithm,
                checksum: checksum, sent: nil)
        } catch {
            await writer.abandon()
            switch error {
            case BlobError.full: throw Failure.unavailable
            // The source went while it was read.
            case BlobError.missing: throw Failure.unsettled
            default: throw error
            }
        }
    }
}
