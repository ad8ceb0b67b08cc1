import Door
import Formats
import Journal
import S3API
import Smithy
import Storage

/// Removes an object, or, in a bucket with versions, puts a delete marker on it; removes for good a version that is named.
/// Absence is a success.
/// - Source: S3 API Reference, "DeleteObject"; S3 User Guide, "Deleting object versions from a versioning-enabled bucket".
struct DeleteObject: PreparedChange {
    typealias Shape = S3.DeleteObject
    let objects: Objects

    static var refusedMembers: [StaticString] {
        ["IfMatchLastModifiedTime", "IfMatchSize"]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        var target = try objects.find(input.key, in: input.bucket, version: input.versionId, snapshot)
        guard input.ifMatch != nil, input.versionId != nil else { return target }
        // The condition is about what is there now.
        target.others = [try objects.find(input.key, in: input.bucket, snapshot)]
        return target
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        let condition = input.versionId == nil ? input.ifMatch.map { ConditionEntry(.s3IfMatch, $0) } : nil
        let keys = condition.map { [$0] } ?? []
        let delete = try target.ask("DeleteObject", version: input.versionId, keys: keys)
        var asks = input.ifMatch == nil ? [delete] : [delete, try target.conditioned().ask("GetObject")]
        // The leave to bypass is asked for where one is needed and claimed.
        if input.versionId != nil, input.bypassGovernanceRetention == true, target.lock.governs(at: facts.now) {
            asks.append(try target.ask("BypassGovernanceRetention"))
        }
        return .ask(asks)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<ObjectTarget>) async throws -> PreparedDeletion {
        let (bucket, facts) = (try permit.target.bucket.required(), permit.facts)
        try PreparedDeletion.check(bypass: input.bypassGovernanceRetention, bucket)
        return PreparedDeletion(isProved: try await objects.factor.prove(input.mFA, for: bucket, facts))
    }

    func perform(
        _ input: Input, _ prepared: PreparedDeletion, under permit: borrowing Permit<ObjectTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.bucket.required()
        // The condition is about the current version, whichever is to go.
        if let condition = input.ifMatch {
            let current = try StoredObject.find(input.key, in: bucket, transaction.snapshot)
            try WriteConditions.check(ifMatch: condition, current)
        }
        prepared.outdated.reset()
        let deleted = try bucket.delete(
            input.key, VersionName.given(input.versionId), prepared, at: permit.facts.now,
            bypassing: input.versionId != nil && input.bypassGovernanceRetention == true, in: &transaction)
        return Output(deleteMarker: deleted.isMarker ? true : nil, versionId: deleted.version)
    }

    func abandon(_ prepared: PreparedDeletion) async {}
    func settle(_ prepared: PreparedDeletion) async {
        await prepared.outdated.remove(from: objects.blobs, objects.log)
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("versionId", input.versionId)
        record.put("If-Match", input.ifMatch)
        record.put("x-amz-bypass-governance-retention", input.bypassGovernanceRetention.map { $0 ? "true" : "false" })
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target?.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements {
        guard let version = output.versionId else { return .none }
        var json = JSONWriter()
        json.beginObject()
        json.member("x-amz-version-id", version)
        if output.deleteMarker == true { json.member("x-amz-delete-marker", "true") }
        json.endObject()
        return .json(json.bytes)
    }
}
