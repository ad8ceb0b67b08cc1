import Authentication
import Door
import Journal
import S3API
import Smithy
import Storage

/// The parts that an upload has so far. Their checksums lie under the content's key, which KMS is asked for; a customer's key
/// need not come where no checksum was asked for, and then none is told.
/// - Source: S3 API Reference, "ListParts".
struct ListParts: WorkedQuery {
    typealias Shape = S3.ListParts
    static var answersNow: Bool { false }
    let objects: Objects

    /// The upload, with a page of its parts, and one more if there are more.
    struct Target: Sendable {
        let upload: UploadTarget
        let parts: [StoredPart]
        /// Of what the upload is to be.
        let owner: S3.Owner?
        /// When a lifecycle will end the upload.
        let abort: LifecycleRules.Due?
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let target = try objects.findUpload(input.uploadId, to: input.key, in: input.bucket, snapshot)
        let page = try? PartPage(input.maxParts, after: input.partNumberMarker)
        let parts = try target.upload.flatMap { try page?.parts(of: $0.content, snapshot) }
        let bucket = target.object.bucket
        let owner = try target.upload.flatMap { upload in
            try bucket.bucket.map {
                try OwnedObject.shown(upload, to: $0, hasLists: bucket.lists.ownership.hasLists, snapshot)
            }
        }
        let abort = try target.upload.flatMap {
            try bucket.lifecycle(snapshot)?.abort(of: input.key, begun: $0.initiated)
        }
        return Target(upload: target, parts: parts ?? [], owner: owner, abort: abort)
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        try target.upload.object.check(owner: input.expectedBucketOwner, facts)
        return .ask(try target.upload.askOfBeginner("ListMultipartUploadParts", facts))
    }

    func answer(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Output {
        let (target, found, facts) = (permit.target.upload, permit.target.parts, permit.facts)
        let calls = permit.calls
        let page = try PartPage(input.maxParts, after: input.partNumberMarker)
        let (upload, content) = try target.open()
        let open = try await key(input, target, upload, content, facts, calls)
        let shown = found.prefix(page.limit)
        let bucket = try target.object.bucket.required()
        var output = Output(bucket: bucket.name, key: input.key, uploadId: upload.id.text)
        (output.partNumberMarker, output.maxParts, output.isTruncated) = (
            page.after, page.limit, found.count > page.limit
        )
        output.nextPartNumberMarker = shown.last?.number ?? 0
        output.parts = try shown.isEmpty ? nil : shown.map { try shape($0, upload, open) }
        output.initiator = S3.Initiator(iD: upload.initiator)
        output.owner = permit.target.owner
        output.storageClass = upload.storageClass.shape
        (output.abortDate, output.abortRuleId) = (permit.target.abort?.date, permit.target.abort?.rule)
        (output.checksumAlgorithm, output.checksumType) = (upload.checksum.name, upload.checksum.type)
        return output
    }

    private func key(
        _ input: Input, _ target: UploadTarget, _ upload: Upload, _ content: ObjectContent, _ facts: RequestFacts,
        _ calls: Calls
    ) async throws -> OpenProtection? {
        if content.protection.customer != nil, !input.bringsKey {
            if upload.checksum.isNamed { throw Refused.keyMissing }
            return nil
        }
        return try await target.key(input, content, objects.cipher, facts, calls)
    }

    private func shape(_ part: StoredPart, _ upload: Upload, _ open: OpenProtection?) throws -> S3.Part {
        var shape = S3.Part(
            partNumber: part.number, lastModified: part.modified, eTag: EntityTag.text(part.etag), size: Int(part.size))
        if let open, let text = try PartChecksums(part, upload.checksum.algorithm, open).own.text {
            shape.setText(text, upload.checksum.algorithm)
        }
        return shape
    }

    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, of: input)
        record.put("max-parts", input.maxParts.map(String.init))
        record.put("part-number-marker", input.partNumberMarker.map(String.init))
        record.put("x-amz-server-side-encryption-customer-algorithm", input.sSECustomerAlgorithm)
        return record.recording(of: target?.upload.object.bucket, .data)
    }
}

extension S3.ListParts.Input: CustomerKeyInput {}
extension S3.Part: ChecksumTexts {}
