import Authentication
import Blobs
import Crypto
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

    init(_ input: S3.PutObject.Input) throws {
        guard case .request(let body) = input.body, let length = body.declaredLength else {
            throw S3.MissingContentLength(message: "You must provide the Content-Length HTTP header.")
        }
        guard length <= UploadBody.limit else {
            throw S3.EntityTooLarge(
                message: "Your proposed upload exceeds the maximum allowed size",
                fields: [.init("ProposedSize", String(length)), .init("MaxSizeAllowed", String(UploadBody.limit))])
        }
        // Only a body that is checked as it is read may be stored.
        guard let verified = body as? VerifiedBody else { throw Unverified() }
        (self.body, announced) = (verified, input.checksumAlgorithm?.rawValue)
        if let announced, !ChecksumAlgorithm.allCases.contains(where: { $0.name == announced }) {
            throw Refused.header("x-amz-sdk-checksum-algorithm")
        }
    }

    private struct Unverified: Error {}

    /// Reads the body to its end into the store and makes it durable.
    func store(in blobs: BlobStore, _ header: ObjectHeader, _ open: OpenProtection, _ plan: UploadPlan) async throws
        -> StagedObject
    {
        let writer = blobs.writer(open.cover)
        // Only the entity tags of what S3's own keys protect tell of the content.
        body.compute(open.protection.isS3 ? .md5 : [], ifNoChecksum: .crc64nvme)
        do {
            while let piece = try await body.next() { try await writer.append(piece) }
            let (md5, algorithm, checksum) = try outcome(wantsMD5: open.protection.isS3)
            let reference = try await writer.finish()
            return StagedObject(
                reference: reference, etag: md5 ?? SecureRandom.bytes(16), algorithm: algorithm, checksum: checksum,
                keptChecksum: open.seal(checksum, beside: reference.id), protection: open.protection, header: header,
                plan: plan)
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

    /// The digests: the client's checksum, which was confirmed, or S3's own where it sent none.
    private func outcome(wantsMD5: Bool) throws -> (md5: [UInt8]?, ChecksumAlgorithm, [UInt8]) {
        guard let facts = body.facts, !wantsMD5 || facts.md5 != nil else { throw Unverified() }
        if let announced, facts.confirmed?.name != announced {
            throw S3.InvalidRequest(
                message:
                    "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer "
                    + "headers were found.")
        }
        let algorithm = facts.confirmed ?? .crc64nvme
        guard let checksum = facts.checksums[algorithm] else { throw Unverified() }
        return (wantsMD5 ? facts.md5 : nil, algorithm, checksum)
    }
}
