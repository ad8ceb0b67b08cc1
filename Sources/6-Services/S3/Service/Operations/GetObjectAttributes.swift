import Blobs
import Door
import Journal
import S3API
import Smithy
import Storage

/// Facts about an object, those that the request names. KMS is asked only for checksums, as by HeadObject.
/// - Source: S3 API Reference, "GetObjectAttributes".
struct GetObjectAttributes: WorkedQuery {
    typealias Shape = S3.GetObjectAttributes
    static var answersNow: Bool { false }
    let objects: Objects

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        var target = try objects.find(input.key, in: input.bucket, version: input.versionId, snapshot)
        target.content = try target.object.map { try ObjectContent.find($0.content, snapshot) }
        if let object = target.object, object.isComposite, input.objectAttributes.contains(.objectParts) {
            target.parts = try PartPage(input.maxParts, after: input.partNumberMarker).parts(
                of: object.content, snapshot)
        }
        return target
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        let asks = try ["GetObject", "GetObjectAttributes"].map { try target.ask($0, version: input.versionId) }
        return try target.telling(asks, version: input.versionId)
    }

    func answer(_ input: Input, under permit: borrowing Permit<ObjectTarget>) async throws -> Output {
        for name in input.objectAttributes where !name.isKnown {
            throw Refused.argument("x-amz-object-attributes", name.rawValue, "Invalid attribute name specified.")
        }
        let access = try ObjectAccess(input, version: input.versionId, permit.target.content, under: permit)
        let (object, content) = (access.object, access.content)
        var output = Output(lastModified: object.modified, versionId: try permit.target.shownVersion())
        if input.objectAttributes.contains(.eTag) {
            output.eTag = String(EntityTag.text(object.etag).dropFirst().dropLast())
        }
        if input.objectAttributes.contains(.checksum) {
            let open = try await open(access, permit.calls)
            // Of parts' checksums, the number of parts is not told here.
            var checksum = try object.checksum(content, open)
            checksum.count = nil
            output.checksum = S3.Checksum()
            output.checksum?.set(checksum)
        }
        if input.objectAttributes.contains(.objectParts), let layout = content.layout {
            output.objectParts = S3.GetObjectAttributesParts(totalPartsCount: layout.count)
            // Parts are told one by one where they have checksums that the object's is made of.
            if object.isComposite {
                let open = try await open(access, permit.calls)
                let page = try PartPage(input.maxParts, after: input.partNumberMarker)
                try output.objectParts?.set(page, permit.target.parts, of: object, open)
            }
        }
        if input.objectAttributes.contains(.storageClass) { output.storageClass = object.storageClass.shape }
        if input.objectAttributes.contains(.objectSize) { output.objectSize = Int(object.size) }
        return output
    }

    private func open(_ access: ObjectAccess, _ calls: Calls) async throws -> OpenProtection {
        try await objects.cipher.open(
            access.content.protection, at: access.place, customer: access.customerKey, calls)
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("attributes", "")
        record.put("x-amz-object-attributes", input.objectAttributes.map(\.rawValue).joined(separator: ","))
        record.put("versionId", input.versionId)
        record.put("x-amz-server-side-encryption-customer-algorithm", input.sSECustomerAlgorithm)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target?.bucket, .data)
    }
}

extension S3.GetObjectAttributesParts {
    /// A page of the parts of an object. - Parameter found: the parts of the page, and one more if there are more.
    fileprivate mutating func set(
        _ page: PartPage, _ found: [StoredPart], of object: StoredObject, _ open: OpenProtection
    ) throws {
        let shown = found.prefix(page.limit)
        (partNumberMarker, maxParts, isTruncated) = (page.after, page.limit, found.count > page.limit)
        nextPartNumberMarker = shown.last?.number ?? page.after
        parts = try shown.map { part in
            var shape = S3.ObjectPart(partNumber: part.number, size: Int(part.size))
            if let text = try object.checksum(of: part, open).text { shape.setText(text, object.algorithm) }
            return shape
        }
    }
}

extension S3.ObjectPart: ChecksumTexts {}
extension S3.Checksum: ChecksumOutput {}
extension S3.GetObjectAttributes.Input: CustomerKeyInput {}
