import Door
import Journal
import S3API
import Smithy
import Storage

/// Ends an upload and removes its parts.
/// - Source: S3 API Reference, "AbortMultipartUpload".
struct AbortMultipartUpload: PreparedChange {
    typealias Shape = S3.AbortMultipartUpload
    let objects: Objects

    static var refusedMembers: [StaticString] { ["IfMatchInitiatedTime"] }

    func freesRoom(_ input: Input) -> Bool { true }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> UploadTarget {
        try objects.findUpload(input.uploadId, to: input.key, in: input.bucket, snapshot)
    }

    func access(_ input: Input, to target: UploadTarget, for facts: RequestFacts) throws -> Access {
        try target.object.check(owner: input.expectedBucketOwner, facts)
        return .ask(try target.askOfBeginner("AbortMultipartUpload", facts))
    }

    func prepare(_ input: Input, under permit: borrowing Permit<UploadTarget>) async throws -> Outdated { Outdated() }

    func perform(
        _ input: Input, _ prepared: Outdated, under permit: borrowing Permit<UploadTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        prepared.reset()
        try permit.target.open().upload.abort(noting: prepared, &transaction)
        return Output()
    }

    func abandon(_ prepared: Outdated) async {}
    func settle(_ prepared: Outdated) async { await prepared.remove(from: objects.blobs, objects.log) }

    func recording(_ input: Input, of target: UploadTarget?, _ facts: RequestFacts) -> Recording {
        S3Record(facts, of: input).recording(of: target?.object.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}
