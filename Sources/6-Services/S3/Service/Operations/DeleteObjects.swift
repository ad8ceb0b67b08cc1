import Door
import Journal
import S3API
import Smithy
import Storage

/// Removes up to 1,000 objects, each allowed or refused by itself.
/// - Source: S3 API Reference, "DeleteObjects".
struct DeleteObjects: PreparedChange {
    typealias Shape = S3.DeleteObjects
    let objects: Objects

    private static let limit = 1000

    static var refusedMembers: [StaticString] { ["MFA", "RequestPayer", "BypassGovernanceRetention"] }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> BucketTarget {
        try objects.buckets.find(input.bucket, in: snapshot)
    }

    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, facts)
        let listed = input.delete.objects
        guard (1...DeleteObjects.limit).contains(listed.count) else {
            throw S3.MalformedXML(
                message: "The XML you provided was not well-formed or did not validate against our published schema")
        }
        return .each(
            try listed.map { item in
                let object = ObjectTarget(in: target, key: item.key, object: nil)
                return try object.ask("DeleteObject", version: item.versionId)
            })
    }

    func prepare(_ input: Input, under permit: borrowing Permit<BucketTarget>) async throws -> Outdated {
        // A list that was damaged on its way must not delete anything.
        guard permit.facts.hasBodyDigest else {
            throw S3.InvalidRequest(message: "Missing required header for this request: Content-MD5")
        }
        return Outdated()
    }

    func perform(
        _ input: Input, _ prepared: Outdated, under permit: borrowing Permit<BucketTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.required()
        prepared.reset()
        var (deleted, errors): ([S3.DeletedObject], [S3.ErrorShape]) = ([], [])
        for (item, verdict) in zip(input.delete.objects, permit.verdicts) {
            do {
                if case .denied(let message) = verdict { throw AccessDenied(message) }
                try delete(item, in: bucket, prepared, &transaction)
                deleted.append(S3.DeletedObject(key: item.key, versionId: item.versionId))
            } catch let error as any ServiceError {
                errors.append(
                    S3.ErrorShape(key: item.key, versionId: item.versionId, code: error.code, message: error.message))
            }
        }
        return Output(deleted: input.delete.quiet == true ? nil : deleted, errors: errors.isEmpty ? nil : errors)
    }

    private func delete(
        _ item: S3.ObjectIdentifier, in bucket: Bucket, _ outdated: Outdated, _ transaction: inout Transaction
    ) throws {
        try ObjectKey.check(item.key)
        try ObjectKey.check(version: item.versionId)
        // These two are for directory buckets.
        guard item.lastModifiedTime == nil, item.size == nil else {
            throw NotImplemented("A condition on time or size")
        }
        let object = try StoredObject.find(item.key, in: bucket, transaction.snapshot)
        try WriteConditions.check(ifMatch: item.eTag, object)
        if let object { outdated.note(try object.delete(in: &transaction)) }
    }

    func abandon(_ prepared: Outdated) async {}
    func settle(_ prepared: Outdated) async { await prepared.remove(from: objects.blobs, objects.log) }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket)
        record.put("delete", "")
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}
