import Blobs
import Door
import HTTP
import Journal
import S3API
import Smithy
import Storage
import World

/// An object's content, or a range of it.
/// - Source: S3 API Reference, "GetObject".
struct GetObject: StreamedQuery {
    typealias Shape = S3.GetObject
    let objects: Objects

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        var target = try objects.find(input.key, in: input.bucket, version: input.versionId, snapshot)
        if input.partNumber != nil { target.given = Lock(nil) }
        return target
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        return try target.reading(version: input.versionId)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let content = try permit.target.object.map { try ObjectContent.find($0.content, snapshot) }
        let read = try ObjectRead(input, content, under: permit)
        var output = Output()
        output.set(read, for: input)
        output.set(permit.target, permit.verdicts)
        output.expiration = permit.target.expiration
        let part =
            try read.tellsPart
            ? read.part.flatMap { try StoredPart.find($0, of: read.object.content, snapshot) } : nil
        let segments = try read.content.segments(read.range, of: read.object.content, snapshot)
        let stream = ObjectStream(
            objects, read, segments, part: part, tellingChecksum: read.tellsChecksum(input), permit.calls)
        if read.part != nil { permit.target.given?.withLock { [count = read.range.count] in $0 = Int64(count) } }
        output.body = .response(.stream(length: Int64(read.range.count), stream))
        return output
    }

    func open(_ output: Output) async throws -> Output? {
        guard case .response(.stream(_, let body)) = output.body, let stream = body as? ObjectStream else {
            return output
        }
        guard let checksum = try await stream.open() else { return nil }
        var output = output
        if stream.tellsChecksum { output.set(checksum) }
        guard stream.isAtHand else { return output }
        output.body = .response(.bytes(try await stream.next() ?? []))
        return output
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, reading: input)
        if let given = target?.given?.withLock({ $0 }) {
            record.gave(given)
        } else if case .part(let range) = ByteRange(input.range, of: target?.object?.size ?? 0) {
            record.gave(Int64(range.count))
        } else if let object = target?.object {
            record.gave(object.size)
        }
        return record.recording(of: target?.bucket, .data)
    }
}

/// What a GET of an object would tell, without the content. KMS is asked only where the checksum is wanted, which lies under
/// the content's key; a customer's key is always looked at.
/// - Source: S3 API Reference, "HeadObject", "Permissions".
struct HeadObject: WorkedQuery {
    typealias Shape = S3.HeadObject
    static var answersNow: Bool { false }
    let objects: Objects

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        var target = try objects.find(input.key, in: input.bucket, version: input.versionId, snapshot)
        target.content = try target.object.map { try ObjectContent.find($0.content, snapshot) }
        if let number = input.partNumber, target.content?.layout != nil {
            target.part = try target.object.flatMap { try StoredPart.find(number, of: $0.content, snapshot) }
        }
        return target
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        return try target.reading(version: input.versionId)
    }

    func answer(_ input: Input, under permit: borrowing Permit<ObjectTarget>) async throws -> Output {
        let read = try ObjectRead(input, permit.target.content, under: permit)
        var output = Output()
        output.set(read, for: input)
        output.set(permit.target, permit.verdicts)
        output.expiration = permit.target.expiration
        guard read.tellsChecksum(input) else { return output }
        let open = try await objects.cipher.open(
            read.content.protection, at: read.place, customer: read.customerKey, permit.calls)
        output.set(try read.checksum(open, of: permit.target.part))
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
        put("x-amz-server-side-encryption-customer-algorithm", input.sSECustomerAlgorithm)
        put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
    }
}
