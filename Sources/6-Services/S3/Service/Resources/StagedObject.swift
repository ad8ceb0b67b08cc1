import AWS
import Authentication
import Blobs
import Door
import World

/// Content that has been stored and verified, and that no object has yet.
struct StagedObject: Sendable {
    let reference: BlobReference
    let etag: [UInt8]
    let algorithm: ChecksumAlgorithm
    let checksum: [UInt8]
    /// The checksum as it is stored.
    let keptChecksum: [UInt8]
    let protection: ObjectProtection
    let header: ObjectHeader
    let plan: UploadPlan
    let outdated = Outdated()

    init(_ body: StoredBody, _ header: ObjectHeader, _ open: OpenProtection, _ plan: UploadPlan) {
        (reference, etag) = (body.reference, body.etag)
        (algorithm, checksum) = (body.algorithm, body.checksum)
        keptChecksum = open.seal(body.checksum, beside: body.reference.id)
        (protection, self.header, self.plan) = (open.protection, header, plan)
    }
}

/// What an upload went by before its body came, which may take hours.
struct UploadPlan: Sendable {
    /// The bucket it is for.
    let bucket: Int64
    /// The KMS key that the policies were asked about; nil where the request names none.
    let namedKey: String?
    /// Whether it was the bucket that chose the encryption. A default that changes meanwhile counts from the next upload on.
    let isDefault: Bool

    /// Whether the content may be stored there: in that very bucket, and under the KMS key that the policies were asked about
    /// now. Only aliases of other accounts cannot be followed; they are told to the policies as they are.
    func holds(for protection: ObjectProtection, _ bucket: Bucket, _ target: ObjectTarget, _ facts: RequestFacts)
        -> Bool
    {
        guard bucket.id == self.bucket else { return false }
        guard let named = target.namedKey, let key = protection.kms?.key, named != key else { return true }
        return named == namedKey && ARN(key)?.accountID != facts.account
    }
}

/// The contents that a change made unreachable, noted in its transaction and removed after its commit.
final class Outdated: Sendable {
    private let contents = Lock<[RemovedContent]>([])

    func note(_ reference: BlobReference) {
        if !reference.isInline { note(RemovedContent(reference)) }
    }

    func note(_ content: RemovedContent) { contents.withLock { $0.append(content) } }

    /// How many parts the contents have together that are made of parts.
    var parts: Int { contents.withLock { $0.reduce(0) { $0 + $1.parts.count } } }

    /// Begins again: a transaction may run more than once.
    func reset() { contents.withLock { $0 = [] } }

    /// A file that cannot be removed now is swept at the next start: nothing refers to it.
    func remove(from blobs: any BlobStore, _ log: Log) async {
        for content in contents.withLock({ $0 }) {
            do { try await content.removeFiles(from: blobs) } catch {
                log(.error, "the content of a deleted object stays until the next start", ["error": "\(error)"])
            }
        }
    }
}
