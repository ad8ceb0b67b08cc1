import Blobs
import Door
import S3API
import Storage
import World

/// What the operations on objects share.
struct Objects: Sendable {
    let buckets: Buckets
    let blobs: BlobStore
    let cipher: ObjectCipher
    let log: Log

    func find(_ key: String, in bucket: String, _ snapshot: borrowing Snapshot) throws -> ObjectTarget {
        let target = try buckets.find(bucket, in: snapshot)
        return ObjectTarget(
            in: target, key: key, object: try target.bucket.map { try StoredObject.find(key, in: $0, snapshot) } ?? nil)
    }
}

/// The object a call names: there or not, in a bucket that is there or not.
struct ObjectTarget: Sendable {
    let bucket: BucketTarget
    let key: String
    let object: StoredObject?
    /// The object's content, where the call looked for it before it is decided.
    var content: ObjectContent?
    /// The ARN of the KMS key that an upload names.
    var namedKey: String?
    /// How an upload's content lies, in the words of its record. Noted as it is stored.
    var applied: Lock<String?>?

    init(in bucket: BucketTarget, key: String, object: StoredObject?) {
        (self.bucket, self.key, self.object) = (bucket, key, object)
    }

    /// What must hold of every call to an object, before the policies are asked.
    func check(owner: String?, version: String? = nil, _ facts: RequestFacts) throws {
        try bucket.check(owner: owner, facts)
        try ObjectKey.check(key)
        try ObjectKey.check(version: version)
    }

    /// The question whether `action` may be done to the object. A version, once named, has actions and a key of its own.
    func ask(_ action: String, version: String? = nil, keys: [ConditionEntry] = []) throws -> Ask {
        guard let version else { return try bucket.ask(action, key: key, keys: keys) }
        return try bucket.ask(action + "Version", key: key, keys: keys + [ConditionEntry(.s3Versionid, version)])
    }

    /// To read: whether the object is missing is told only to those who may list the bucket.
    func reading(version: String?) throws -> Access {
        let ask = try ask("GetObject", version: version)
        guard object == nil else { return .ask(ask) }
        return .hinted([ask], hint: try bucket.ask(version == nil ? "ListBucket" : "ListBucketVersions"))
    }

    /// Where the object lies, or is to lie.
    func place() throws -> ObjectPlace { ObjectPlace(bucket: try bucket.required(), key: key) }

    /// The object, or the refusal that the hint allows to tell.
    func required(_ hint: Verdict?, version: String? = nil) throws -> StoredObject {
        if let object { return object }
        if case .denied(let message) = hint { throw AccessDenied(message) }
        throw version == nil ? Refused.noSuchKey(key) : Refused.noSuchVersion(key)
    }
}
