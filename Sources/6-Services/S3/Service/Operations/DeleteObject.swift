import Door
import Journal
import S3API
import Smithy
import Storage

/// Removes an object; absence is a success.
/// - Source: S3 API Reference, "DeleteObject".
struct DeleteObject: PreparedChange {
    typealias Shape = S3.DeleteObject
    let objects: Objects

    static var refusedMembers: [StaticString] {
        ["MFA", "RequestPayer", "BypassGovernanceRetention", "IfMatchLastModifiedTime", "IfMatchSize"]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try objects.find(input.key, in: input.bucket, snapshot)
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        let keys = input.ifMatch.map { [ConditionEntry(.s3IfMatch, $0)] } ?? []
        let delete = try target.ask("DeleteObject", version: input.versionId, keys: keys)
        return .ask(input.ifMatch == nil ? [delete] : [delete, try target.ask("GetObject")])
    }

    func prepare(_ input: Input, under permit: borrowing Permit<ObjectTarget>) async throws -> Outdated { Outdated() }

    func perform(
        _ input: Input, _ prepared: Outdated, under permit: borrowing Permit<ObjectTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        try WriteConditions.check(ifMatch: input.ifMatch, permit.target.object)
        prepared.reset()
        if let object = permit.target.object { prepared.note(try object.delete(in: &transaction)) }
        return Output()
    }

    func abandon(_ prepared: Outdated) async {}
    func settle(_ prepared: Outdated) async { await prepared.remove(from: objects.blobs, objects.log) }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("versionId", input.versionId)
        record.put("If-Match", input.ifMatch)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target?.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}
