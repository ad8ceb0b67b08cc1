import Door
import Journal
import S3API
import Smithy
import Storage

/// An operation on the tags of one object. Who may not list the bucket does not learn that the object is missing.
protocol OnObjectTags: Operation where Target == ObjectTarget, Shape.Input: ObjectTagsInput {
    var objects: Objects { get }
    /// What the request brings, for the policies to see.
    static func requested(_ input: Input) throws -> [S3.Tag]
}

protocol ObjectTagsInput {
    var bucket: String { get }
    var key: String { get }
    var versionId: String? { get }
    var expectedBucketOwner: String? { get }
}

extension S3.PutObjectTagging.Input: ObjectTagsInput {}
extension S3.GetObjectTagging.Input: ObjectTagsInput {}
extension S3.DeleteObjectTagging.Input: ObjectTagsInput {}

extension OnObjectTags {
    static func requested(_ input: Input) throws -> [S3.Tag] { [] }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try objects.find(input.key, in: input.bucket, version: input.versionId, snapshot)
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        let keys = TagConditions.requested(try Self.requested(input))
        return try target.telling(
            [target.ask(Shape.model.name, version: input.versionId, keys: keys)], version: input.versionId)
    }

    /// The version; also a marker that nobody named is told to be one.
    func required(_ target: ObjectTarget, _ hint: Verdict?, _ input: Input) throws -> StoredObject {
        try target.required(hint, version: input.versionId, method: Shape.model.method, tellsMarker: true)
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("tagging", "")
        record.put("versionId", input.versionId)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target?.bucket, .data)
    }
}

/// Gives an object these tags in the place of those it has.
/// - Source: S3 API Reference, "PutObjectTagging".
struct PutObjectTagging: Change, OnObjectTags {
    typealias Shape = S3.PutObjectTagging
    let objects: Objects

    static func requested(_ input: Input) throws -> [S3.Tag] {
        try TagRules.checkObject(input.tagging.tagSet)
        return input.tagging.tagSet
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let object = try required(permit.target, permit.hint, input)
        try ObjectTags.put(input.tagging.tagSet, of: object.content, in: &transaction)
        try permit.target.note(.tags, of: object, at: permit.facts.now, &transaction)
        return Output(versionId: try permit.target.shownVersion())
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}

/// The tags of an object, none included.
/// - Source: S3 API Reference, "GetObjectTagging".
struct GetObjectTagging: Query, OnObjectTags {
    typealias Shape = S3.GetObjectTagging
    let objects: Objects

    func answer(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        _ = try required(permit.target, permit.hint, input)
        return Output(versionId: try permit.target.shownVersion(), tagSet: permit.target.tags)
    }
}

/// Takes all tags off an object; absence is a success.
/// - Source: S3 API Reference, "DeleteObjectTagging".
struct DeleteObjectTagging: Change, OnObjectTags {
    typealias Shape = S3.DeleteObjectTagging
    let objects: Objects

    func perform(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let object = try required(permit.target, permit.hint, input)
        try ObjectTags.put([], of: object.content, in: &transaction)
        try permit.target.note(.tags, of: object, at: permit.facts.now, &transaction)
        return Output(versionId: try permit.target.shownVersion())
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}
