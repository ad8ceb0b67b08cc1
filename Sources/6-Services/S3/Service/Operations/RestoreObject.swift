import Door
import Journal
import S3API
import Smithy
import Storage

/// Restores an object from an archive. There is none here, so of every object it is said what S3 says of one that is in no
/// archive: see `ObjectClass`.
/// - Source: S3 API Reference, "RestoreObject"; the refusal as S3 was seen to answer (moto's pull request 4670, s3cmd's 1375).
struct RestoreObject: Change {
    typealias Shape = S3.RestoreObject
    let objects: Objects

    static var refusedMembers: [StaticString] { ["RequestPayer"] }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try objects.find(input.key, in: input.bucket, version: input.versionId, snapshot)
    }

    /// Of this action there is none for versions.
    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        return try target.telling([target.ask("RestoreObject")], version: input.versionId)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let object = try permit.target.required(
            permit.hint, version: input.versionId, method: "POST", tellsMarker: true)
        throw S3Refusal(
            "InvalidObjectState", 403, "Restore is not allowed for the object's current storage class",
            [.init("StorageClass", object.storageClass.name)])
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("restore", "")
        record.put("versionId", input.versionId)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target?.bucket, .data)
    }
}
