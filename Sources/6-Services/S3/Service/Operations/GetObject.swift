import Door
import HTTP
import Journal
import S3API
import Smithy
import Storage

/// An object's content, or a range of it.
/// - Source: S3 API Reference, "GetObject".
struct GetObject: StreamedQuery {
    typealias Shape = S3.GetObject
    let objects: Objects

    static var refusedMembers: [StaticString] {
        ["SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5", "RequestPayer"]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try objects.find(input.key, in: input.bucket, snapshot)
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        return try target.reading(version: input.versionId)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let read = try ObjectRead(input, under: permit, in: snapshot)
        var output = Output()
        output.set(read, for: input)
        output.tagCount = permit.target.tagCount(permit.hint)
        let stream = ObjectStream(objects.blobs, read.content.reference, read.range)
        output.body = .response(.stream(length: Int64(read.range.count), stream))
        return output
    }

    func open(_ output: Output) async throws -> Output? {
        guard case .response(.stream(_, let body)) = output.body, let stream = body as? ObjectStream else {
            return output
        }
        guard try await stream.open() else { return nil }
        guard stream.isAtHand else { return output }
        var output = output
        output.body = .response(.bytes(try await stream.next() ?? []))
        return output
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, reading: input)
        if case .part(let range) = ByteRange(input.range, of: target?.object?.size ?? 0) {
            record.gave(Int64(range.count))
        } else if let object = target?.object {
            record.gave(object.size)
        }
        return record.recording(of: target?.bucket, .data)
    }
}

/// What a GET of an object would tell, without the content.
/// - Source: S3 API Reference, "HeadObject".
struct HeadObject: Query {
    typealias Shape = S3.HeadObject
    let objects: Objects

    static var refusedMembers: [StaticString] {
        ["SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5", "RequestPayer"]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try objects.find(input.key, in: input.bucket, snapshot)
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        return try target.reading(version: input.versionId)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        var output = Output()
        output.set(try ObjectRead(input, under: permit, in: snapshot), for: input)
        output.tagCount = permit.target.tagCount(permit.hint)
        return output
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        S3Record(facts, reading: input).recording(of: target?.bucket, .data)
    }
}

extension S3Record {
    /// The record of a GET or HEAD.
    init(_ facts: RequestFacts, reading input: some ReadInput) {
        self.init(facts, bucket: input.bucket, key: input.key)
        put("Range", input.range)
        put("partNumber", input.partNumber.map(String.init))
        put("versionId", input.versionId)
        put("x-amz-checksum-mode", input.checksumMode?.rawValue)
        put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
    }
}
