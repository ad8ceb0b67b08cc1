import Blobs
import Door
import S3API
import Storage
import World

/// What the operations on objects share.
struct Objects: Sendable {
    let buckets: Buckets
    let blobs: any BlobStore
    let cipher: ObjectCipher
    let log: Log
    let factor: DeletionFactor

    init(buckets: Buckets, blobs: any BlobStore, cipher: ObjectCipher, log: Log, factor: DeletionFactor) {
        (self.buckets, self.blobs, self.cipher, self.log, self.factor) = (buckets, blobs, cipher, log, factor)
    }

    init(
        buckets: Buckets, _ blobs: any BlobStore, _ cipher: ObjectCipher, _ world: World, _ factors: any SecondFactors
    ) {
        self.init(
            buckets: buckets, blobs: blobs, cipher: cipher, log: world.log, factor: DeletionFactor(factors: factors))
    }

    /// - Parameter version: nil for the current one.
    func find(_ key: String, in bucket: String, version: String? = nil, _ snapshot: borrowing Snapshot) throws
        -> ObjectTarget
    {
        let target = try buckets.find(bucket, in: snapshot, throughPoints: true)
        guard let bucket = target.bucket else { return ObjectTarget(in: target, key: key, object: nil) }
        let found: StoredVersion? =
            if let version {
                try VersionName(version).flatMap {
                    try StoredVersion.find($0, of: Array(key.utf8), in: bucket, snapshot)
                }
            } else { try StoredVersion.latest(of: Array(key.utf8), in: bucket, snapshot) }
        var result = ObjectTarget(
            in: target, key: key, object: found?.object,
            tags: try found?.object.map { try ObjectTags.find($0.content, snapshot) } ?? [])
        result.marker = found?.marker
        if version == nil { result.lifecycle = try target.lifecycle(snapshot) }
        result.owned = try OwnedObject.find(found?.object, in: target, snapshot)
        if bucket.lock != nil, let object = found?.object {
            result.lock = try ObjectLock.find(object.content, snapshot)
        }
        return result
    }
}

/// The object a call names: there or not, in a bucket that is there or not.
struct ObjectTarget: Sendable {
    let bucket: BucketTarget
    let key: String
    /// The version that the call names, or else the current one; nil where that is a marker, or nothing.
    let object: StoredObject?
    /// That version, where it is a delete marker.
    var marker: DeleteMarker?
    var lock = ObjectLock.none
    /// What the object is tagged with.
    let tags: [S3.Tag]
    /// What the bucket does with its objects in time; nil where that is nothing, or the call names a version.
    var lifecycle: LifecycleRules?
    /// Whose the object is, and its list. Nil where there is no object, or lists do not count.
    var owned: OwnedObject?
    /// Whose the object will be that the call makes, or what is wrong with the list it gives; nil where lists do not count.
    var wanted: Result<OwnedObject?, any Error> = .success(nil)
    /// The current version, where the call names another and asks something of this one: one, or none.
    var others: [ObjectTarget] = []
    /// The object's content, where the call looked for it before it is decided.
    var content: ObjectContent?
    /// Of the content, the part that the call wants, or the page of parts, with one more if there are more.
    var part: StoredPart?
    var parts: [StoredPart] = []
    /// How many bytes the answer has, where the request does not tell. Noted as it is made.
    var given: Lock<Int64?>?
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

    /// What a condition of the call is about.
    func conditioned() -> ObjectTarget { others.first ?? self }

    /// What must hold of every call to an object, before the policies are asked.
    func check(owner: String?, version: String? = nil, _ facts: RequestFacts, anyRegion: Bool = false) throws {
        try bucket.check(owner: owner, facts, anyRegion: anyRegion)
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

    /// To read. Who may read the tags as well learns how many there are; who may read the lock sees it.
    func reading(version: String?) throws -> Access {
        let read = try ask("GetObject", version: version)
        let sights = Sight.of(self)
        guard !sights.isEmpty else { return try telling([read], version: version) }
        return .noted(read, try sights.map { try $0.ask(self, version: version) })
    }

    /// All of `asks`. Whether the object is missing is told only to those who may list the bucket; of a marker who names it
    /// knows.
    func telling(_ asks: [Ask], version: String?) throws -> Access {
        guard object == nil, version == nil || marker == nil else { return .ask(asks) }
        return .hinted(asks, hint: try bucket.ask(version == nil ? "ListBucket" : "ListBucketVersions"))
    }

    /// Where the object lies, or is to lie.
    func place() throws -> ObjectPlace { ObjectPlace(bucket: try bucket.required(), key: key) }

    /// The object, or the refusal that the hint allows to tell.
    /// - Parameter method: of HTTP. - Parameter tellsMarker: whether of a marker it is told that it is one, also where it was
    ///   not named.
    func required(
        _ hint: Verdict?, version: String? = nil, method: String = "GET", tellsMarker: Bool = false
    ) throws -> StoredObject {
        if let object { return object }
        if let marker, version != nil { throw marker.notAllowed(method) }
        if case .denied(let message) = hint { throw AccessDenied(message) }
        if let marker { throw tellsMarker ? marker.notAllowed(method) : marker.missing(key) }
        throw version.map { Refused.noSuchVersion(key, $0) } ?? Refused.noSuchKey(key)
    }

    /// How an answer names the object's version; nil in a bucket that never had any.
    func shownVersion() throws -> String? {
        try object.map { try bucket.required().versioning.shown($0.version) } ?? nil
    }
}
