import Door
import Journal
import S3API
import Smithy
import Storage

/// Facts about an object, those that the request names. There are no multipart uploads, so no object has parts.
/// - Source: S3 API Reference, "GetObjectAttributes".
struct GetObjectAttributes: Query {
    typealias Shape = S3.GetObjectAttributes
    let objects: Objects

    static var refusedMembers: [StaticString] {
        ["SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5", "RequestPayer"]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try objects.find(input.key, in: input.bucket, snapshot)
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        let asks = try ["GetObject", "GetObjectAttributes"].map { try target.ask($0, version: input.versionId) }
        return try target.telling(asks, version: input.versionId)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        for name in input.objectAttributes where !name.isKnown {
            throw Refused.argument("x-amz-object-attributes", name.rawValue, "Invalid attribute name specified.")
        }
        let object = try permit.target.required(permit.hint, version: input.versionId)
        var output = Output(lastModified: object.modified)
        if input.objectAttributes.contains(.eTag) {
            output.eTag = String(EntityTag.text(object.etag).dropFirst().dropLast())
        }
        if input.objectAttributes.contains(.checksum) {
            output.checksum = S3.Checksum()
            output.checksum?.set(object.algorithm, try ObjectContent.find(object.content, snapshot).checksum)
        }
        if input.objectAttributes.contains(.storageClass) { output.storageClass = .standard }
        if input.objectAttributes.contains(.objectSize) { output.objectSize = Int(object.size) }
        return output
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("attributes", "")
        record.put("x-amz-object-attributes", input.objectAttributes.map(\.rawValue).joined(separator: ","))
        record.put("versionId", input.versionId)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target?.bucket, .data)
    }
}

extension S3.Checksum: ChecksumOutput {}
