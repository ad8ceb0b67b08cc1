import Blobs
import Door
import HTTP
import Journal
import S3API
import Smithy
import Storage

/// Stores an object in the place of the one that had its key.
/// - Source: S3 API Reference, "PutObject".
struct PutObject: PreparedChange {
    typealias Shape = S3.PutObject
    let objects: Objects

    static var refusedMembers: [StaticString] {
        [
            "WriteOffsetBytes", "WebsiteRedirectLocation", "SSECustomerAlgorithm", "SSECustomerKey",
            "SSECustomerKeyMD5",
            "SSEKMSKeyId", "SSEKMSEncryptionContext", "BucketKeyEnabled", "RequestPayer", "ObjectLockMode",
            "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus", "ChecksumSHA512", "ChecksumMD5",
            "ChecksumXXHASH64",
            "ChecksumXXHASH3", "ChecksumXXHASH128",
        ]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try objects.find(input.key, in: input.bucket, snapshot)
    }

    /// Who asks for a certain content to be replaced learns of it: that needs the leave to read, too.
    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, facts)
        let tagged = TagConditions.requested(try input.tags())
        var asks = [try target.ask("PutObject", keys: keys(input) + tagged)]
        if input.ifMatch != nil { asks.append(try target.ask("GetObject")) }
        if !tagged.isEmpty { asks.append(try target.untagged.ask("PutObjectTagging", keys: tagged)) }
        return .ask(asks)
    }

    private func keys(_ input: Input) -> [ConditionEntry] {
        let given = [
            ConditionEntry(.s3XAmzAcl, input.aCL?.rawValue),
            ConditionEntry(.s3XAmzStorageClass, input.storageClass?.rawValue),
            ConditionEntry(.s3XAmzServerSideEncryption, input.serverSideEncryption?.rawValue),
            ConditionEntry(.s3IfNoneMatch, input.ifNoneMatch), ConditionEntry(.s3IfMatch, input.ifMatch),
        ]
        return given.compactMap { $0 }
    }

    func prepare(_ input: Input, under permit: borrowing Permit<ObjectTarget>) async throws -> StagedObject {
        try check(input, permit.target)
        let header = try ObjectHeader(input)
        do { return try await UploadBody(input).store(objects.blobs.writer(), header) } catch BlobError.full {
            throw Failure.unavailable
        }
    }

    func perform(
        _ input: Input, _ prepared: StagedObject, under permit: borrowing Permit<ObjectTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.bucket.required()
        try check(input, permit.target)
        prepared.outdated.reset()
        if let replaced = permit.target.object { prepared.outdated.note(try replaced.delete(in: &transaction)) }
        try ObjectContent.insert(
            prepared, key: input.key, in: bucket, modified: permit.facts.now, tags: try input.tags(), &transaction)
        var output = Output(eTag: EntityTag.text(prepared.md5), serverSideEncryption: .aes256)
        output.set(prepared.algorithm, prepared.checksum)
        return output
    }

    func abandon(_ prepared: StagedObject) async {
        let unused = Outdated()
        unused.note(prepared.reference)
        await unused.remove(from: objects.blobs, objects.log)
    }

    func settle(_ prepared: StagedObject) async { await prepared.outdated.remove(from: objects.blobs, objects.log) }

    private func check(_ input: Input, _ target: ObjectTarget) throws {
        let grants = [input.grantFullControl, input.grantRead, input.grantReadACP, input.grantWriteACP]
        guard [nil, .private, .bucketOwnerFullControl].contains(input.aCL), grants.allSatisfy({ $0 == nil }) else {
            throw Refused.accessControlList
        }
        guard [nil, .standard].contains(input.storageClass) else { throw Refused.header("x-amz-storage-class") }
        guard [nil, .aes256].contains(input.serverSideEncryption) else {
            throw Refused.header("x-amz-server-side-encryption")
        }
        try WriteConditions.check(
            ifMatch: input.ifMatch, ifNoneMatch: input.ifNoneMatch, key: input.key, target.object)
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("x-amz-acl", input.aCL?.rawValue)
        record.put("x-amz-storage-class", input.storageClass?.rawValue)
        record.put("x-amz-server-side-encryption", input.serverSideEncryption?.rawValue)
        record.put("x-amz-tagging", input.tagging)
        record.put("If-None-Match", input.ifNoneMatch)
        record.put("If-Match", input.ifMatch)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        if case .request(let body) = input.body { record.took(body.declaredLength) }
        record.encrypted(input.serverSideEncryption == nil ? "Default_SSE_S3" : "SSE_S3")
        return record.recording(of: target?.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements {
        .json(Array(#"{"x-amz-server-side-encryption":"AES256"}"#.utf8))
    }
}

extension S3.PutObject.Input {
    /// What the header says.
    fileprivate func tags() throws -> [S3.Tag] { try tagging.map { try TagRules.tags(header: $0) } ?? [] }
}
