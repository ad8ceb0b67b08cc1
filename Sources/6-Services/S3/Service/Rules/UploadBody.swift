import Authentication
import Blobs
import Crypto
import Door
import HTTP
import S3API
import Smithy

/// The body of an upload: stored as it comes, verified at its end.
struct UploadBody {
    private let body: VerifiedBody
    /// As `x-amz-sdk-checksum-algorithm` names it; a checksum of this kind must then have come.
    private let announced: String?

    /// - Source: S3 User Guide, "Uploading objects": the largest object of a single PUT.
    static let limit: Int64 = 5 << 30

    /// - Parameter announced: `x-amz-sdk-checksum-algorithm`.
    init(_ body: StreamingBody, announcing announced: String?) throws {
        guard case .request(let body) = body, let length = body.declaredLength else {
            throw S3.MissingContentLength(message: "You must provide the Content-Length HTTP header.")
        }
        guard length <= UploadBody.limit else {
            throw S3.EntityTooLarge(
                message: "Your proposed upload exceeds the maximum allowed size",
                fields: [.init("ProposedSize", String(length)), .init("MaxSizeAllowed", String(UploadBody.limit))])
        }
        // Only a body that is checked as it is read may be stored.
        guard let verified = body as? VerifiedBody else { throw Unverified() }
        (self.body, self.announced) = (verified, announced)
        if let announced, !ChecksumAlgorithm.allCases.contains(where: { $0.name == announced }) {
            throw Refused.header("x-amz-sdk-checksum-algorithm")
        }
    }

    private struct Unverified: Error {}

    /// Reads the body to its end into the store and makes it durable.
    /// - Parameter wanted: the checksum to compute; nil for the one that comes, or S3's own where none does.
    func store(in blobs: any BlobStore, _ open: OpenProtection, computing wanted: ChecksumAlgorithm? = nil) async throws
        -> StoredBody
    {
        do { return try await receive(blobs, open, wanted) } catch BlobError.full { throw Failure.unavailable }
    }

    private func receive(_ blobs: any BlobStore, _ open: OpenProtection, _ wanted: ChecksumAlgorithm?) async throws
        -> StoredBody
    {
        let writer = blobs.writer(open.cover)
        // Only the entity tags of what S3's own keys protect tell of the content.
        let md5: BodyDigests = open.protection.isS3 ? .md5 : []
        body.compute(md5.union(wanted.map { BodyDigests($0) } ?? []), ifNoChecksum: .crc64nvme)
        do {
            while let piece = try await body.next() { try await writer.append(piece) }
            let facts = try outcome(wantsMD5: open.protection.isS3)
            let algorithm = wanted ?? facts.confirmed ?? .crc64nvme
            guard let checksum = facts.checksums[algorithm] else { throw Unverified() }
            let reference = try await writer.finish()
            return StoredBody(
                reference: reference, etag: open.protection.isS3 ? facts.md5 ?? [] : SecureRandom.bytes(16),
                algorithm: algorithm, checksum: checksum,
                sent: facts.confirmed.flatMap { kind in facts.checksums[kind].map { (kind, $0) } })
        } catch {
            await writer.abandon()
            if let failure = error as? BodyFailure { throw S3Refusal(failure.refusal) }
            if error is RequestBodyError {
                throw S3Refusal(
                    "RequestTimeout", 400,
                    "Your socket connection to the server was not read from or written to within the timeout period. "
                        + "Idle connections will be closed.")
            }
            throw error
        }
    }

    /// The digests, the client's checksum among them, which was confirmed.
    private func outcome(wantsMD5: Bool) throws -> BodyFacts {
        guard let facts = body.facts, !wantsMD5 || facts.md5 != nil else { throw Unverified() }
        if let announced, facts.confirmed?.name != announced {
            throw S3.InvalidRequest(
                message:
                    "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer "
                    + "headers were found.")
        }
        return facts
    }
}

/// Content that has been stored and verified.
struct StoredBody: Sendable {
    let reference: BlobReference
    let etag: [UInt8]
    let algorithm: ChecksumAlgorithm
    let checksum: [UInt8]
    /// What the client sent, and was confirmed.
    let sent: (algorithm: ChecksumAlgorithm, checksum: [UInt8])?
}
