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
        let object = try target.bucket.map { try StoredObject.find(key, in: $0, snapshot) } ?? nil
        var found = ObjectTarget(
            in: target, key: key, object: object,
            tags: try object.map { try ObjectTags.find($0.content, snapshot) } ?? [])
        found.owned = try OwnedObject.find(object, in: target, snapshot)
        return found
    }
}

/// The object a call names: there or not, in a bucket that is there or not.
struct ObjectTarget: Sendable {
    let bucket: BucketTarget
    let key: String
    let object: StoredObject?
    /// What the object is tagged with.
    let tags: [S3.Tag]
    /// Whose the object is, and its list. Nil where there is no object, or lists do not count.
    var owned: OwnedObject?
    /// Whose the object will be that the call makes, or what is wrong with the list it gives; nil where lists do not count.
    var wanted: Result<OwnedObject?, any Error> = .success(nil)
    /// The object's content, where the call looked for it before it is decided.
    var content: ObjectContent?
    /// The ARN of the KMS key that an upload names.
    var namedKey: String?
    /// How an upload's content lies, in the words of its record. Noted as it is stored.
    var applied: Lock<String?>?

    init(in bucket: BucketTarget, key: String, object: StoredObject?, tags: [S3.Tag] = []) {
        (self.bucket, self.key, self.object, self.tags) = (bucket, key, object, tags)
    }

    /// The object that a PUT is about to make: nothing of what is there is its own.
    var untagged: ObjectTarget { ObjectTarget(in: bucket, key: key, object: nil) }

    /// The same object, as it will be when the call has made it its owner's.
    func owned(by owner: ListOwner) -> ObjectTarget {
        var target = untagged
        target.owned = OwnedObject(owner: owner, list: nil, isStored: false)
        return target
    }

    /// What must hold of every call to an object, before the policies are asked.
    func check(owner: String?, version: String? = nil, _ facts: RequestFacts) throws {
        try bucket.check(owner: owner, facts)
        try ObjectKey.check(key)
        try ObjectKey.check(version: version)
    }

    /// The question whether `action` may be done to the object. A version, once named, has actions and a key of its own.
    func ask(_ action: String, version: String? = nil, keys: [ConditionEntry] = []) throws -> Ask {
        let keys = keys + TagConditions.existing(tags, for: action)
        guard let version else { return try bucket.ask(action, key: key, object: try listed(), keys: keys) }
        return try bucket.ask(
            ObjectTarget.ofVersion(action), key: key, object: try listed(),
            keys: keys + [ConditionEntry(.s3Versionid, version)])
    }

    /// `GetObjectTagging` of a version is `GetObjectVersionTagging`.
    private static func ofVersion(_ action: String) -> String {
        guard let object = action.firstRange(of: "Object") else { return action }
        return action[..<object.upperBound] + "Version" + action[object.upperBound...]
    }

    /// To read. Who may read the tags as well learns how many there are.
    func reading(version: String?) throws -> Access {
        let read = try ask("GetObject", version: version)
        guard object != nil, !tags.isEmpty else { return try telling([read], version: version) }
        return .hinted([read], hint: try ask("GetObjectTagging", version: version))
    }

    /// All of `asks`. Whether the object is missing is told only to those who may list the bucket.
    func telling(_ asks: [Ask], version: String?) throws -> Access {
        guard object == nil else { return .ask(asks) }
        return .hinted(asks, hint: try bucket.ask(version == nil ? "ListBucket" : "ListBucketVersions"))
    }

    /// What an answer to a GET or HEAD tells of the number of tags. - Parameter hint: of the question `reading` added.
    func tagCount(_ hint: Verdict?) -> Int? {
        guard object != nil, !tags.isEmpty, case .allowed? = hint else { return nil }
        return tags.count
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
