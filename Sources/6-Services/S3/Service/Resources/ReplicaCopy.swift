import Authentication
import Blobs
import Crypto
import Door
import S3API
import Storage

/// The content of a replica, stored and not visible yet.
struct StagedReplica: Sendable {
    /// The content, or what gives one that is made of parts its name.
    let reference: BlobReference
    let parts: [StoredPart]
    /// As it is stored.
    let checksum: [UInt8]
    let protection: ObjectProtection

    /// Writes its rows. - Returns: the row of the content.
    func insert(_ source: ObjectContent, tags: [S3.Tag], _ transaction: inout Transaction) throws -> Int64 {
        let content = try ObjectContent.insert(
            reference, checksum: checksum, header: source.header, protection: protection, tags: tags, &transaction)
        guard let layout = source.layout else { return content }
        for part in parts { _ = try part.put(in: content, &transaction) }
        try ObjectContent.compose(content, of: layout, checksum: checksum, &transaction)
        return content
    }

    /// Notes the files as those of no object.
    func note(in outdated: Outdated) {
        outdated.note(reference)
        for part in parts { outdated.note(part.reference) }
    }
}

/// Content on its way to a replica: opened under the key of the one, sealed under that of the other, a piece at a time. Parts stay
/// parts, with their entity tags, so that the replica is read as the source is.
struct ReplicaCopy {
    let objects: Objects
    let object: StoredObject
    let content: ObjectContent
    /// Of a content that is made of parts, all of them.
    let parts: [StoredPart]
    let source: OpenProtection
    let destination: OpenProtection

    /// - Throws: `BlobError` where the source is not there any more as it was written.
    func store() async throws -> StagedReplica {
        let unused = Outdated()
        do {
            guard content.layout != nil else { return try await whole(noting: unused) }
            var copies: [StoredPart] = []
            for part in parts {
                copies.append(try await copied(part, noting: unused))
            }
            let anchor = try await objects.blobs.writer().finish()
            unused.note(anchor)
            return StagedReplica(
                reference: anchor, parts: copies,
                checksum: try resealed(content.checksum, from: content.reference, to: anchor),
                protection: destination.protection)
        } catch {
            await unused.remove(from: objects.blobs, objects.log)
            throw error
        }
    }

    private func whole(noting unused: Outdated) async throws -> StagedReplica {
        let (reference, checksum) = try await copied(content.reference, object.algorithm, noting: unused)
        let kept = try content.checksum.isEmpty ? [] : source.open(content.checksum, beside: content.reference.id)
        guard kept.isEmpty || kept == checksum else { throw ReplicationFailure.sourceIsDamaged }
        return StagedReplica(
            reference: reference, parts: [], checksum: kept.isEmpty ? [] : destination.seal(kept, beside: reference.id),
            protection: destination.protection)
    }

    private func copied(_ part: StoredPart, noting unused: Outdated) async throws -> StoredPart {
        let (reference, _) = try await copied(part.reference, object.algorithm, noting: unused)
        return StoredPart(
            number: part.number, reference: reference, etag: part.etag,
            checksum: try resealed(part.checksum, from: part.reference, to: reference),
            sent: try part.sent.map { sent in
                (
                    algorithm: sent.algorithm,
                    checksum: try resealed(sent.checksum, from: part.reference, to: reference)
                )
            }, modified: part.modified)
    }

    private func resealed(_ checksum: [UInt8], from old: BlobReference, to new: BlobReference) throws -> [UInt8] {
        guard !checksum.isEmpty else { return [] }
        return destination.seal(try source.open(checksum, beside: old.id), beside: new.id)
    }

    private func copied(
        _ blob: BlobReference, _ algorithm: ChecksumAlgorithm, noting unused: Outdated
    ) async throws -> (reference: BlobReference, checksum: [UInt8]) {
        let writer = objects.blobs.writer(destination.cover)
        do {
            let digests = ContentDigests(algorithm, wantsMD5: false)
            if blob.length > 0 {
                let segment = ContentSegment(reference: blob, range: 0..<blob.length)
                var reader = try await ContentReader(content, [segment], objects.blobs, source.cover)
                while let piece = try await reader.next() {
                    try await objects.blobs.run { digests.update(piece) }
                    try await writer.append(piece)
                }
            }
            let reference = try await writer.finish()
            unused.note(reference)
            return (reference, digests.finish().checksum)
        } catch {
            await writer.abandon()
            switch error {
            case BlobError.full: throw Failure.unavailable
            // The source went while it was read.
            case BlobError.missing: throw Failure.unsettled
            case let error as BlobError where error.isDamage: throw ReplicationFailure.sourceIsDamaged
            default: throw error
            }
        }
    }
}
