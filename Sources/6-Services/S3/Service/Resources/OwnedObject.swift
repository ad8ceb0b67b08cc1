import AWS
import Authorization
import Door
import S3API
import Storage

/// Whose an object is and its access control list, in a bucket where lists count. Lies beside the object's content, and only
/// where it is not the bucket's owner's with the list that every object begins with; an object of another bucket is never
/// looked up here.
struct OwnedObject: Sendable {
    let owner: ListOwner
    /// Nil for the list that an object begins with.
    var list: AccessControlList?
    /// False of an object that a call is about to make.
    var isStored = true

    var effective: AccessControlList { list ?? AccessControlList(ownedBy: owner) }

    /// Of an object that is there. Nil where lists do not count.
    static func find(_ object: StoredObject?, in target: BucketTarget, _ snapshot: borrowing Snapshot) throws
        -> OwnedObject?
    {
        guard target.lists.ownership.hasLists, let bucket = target.bucket, let object else { return nil }
        return try find(object.content, of: bucket, snapshot)
    }

    /// Of a content, in a bucket where lists count.
    static func find(_ content: Int64, of bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> OwnedObject {
        try snapshot.first("SELECT owner, acl FROM s3_object_acl WHERE content = ?", .int(content)) { row in
            OwnedObject(
                owner: try row.textOrNull(0).map(ListOwner.init(stored:)) ?? .account(bucket.account),
                list: try row.textOrNull(1).map(AccessControlList.init(stored:)))
        } ?? OwnedObject(owner: .account(bucket.account), list: nil)
    }

    /// The owners of what a listing found, for a bucket where they may differ. - Parameter contents: as the listing shows
    /// them, in the order of `entries`.
    static func tell(
        _ contents: [S3.Object]?, of entries: [KeyWalk.Entry], in target: BucketTarget, _ snapshot: borrowing Snapshot
    ) throws -> [S3.Object]? {
        guard var contents, target.lists.ownership.hasLists, let bucket = target.bucket else { return contents }
        var index = 0
        for case .object(let object) in entries {
            contents[index].owner = try find(object.content, of: bucket, snapshot).owner.shape
            index += 1
        }
        return contents
    }

    /// The owner of what an upload is to be, as listings of uploads and parts show it.
    static func shown(_ upload: Upload, to bucket: Bucket, hasLists: Bool, _ snapshot: borrowing Snapshot) throws
        -> S3.Owner
    {
        hasLists
            ? try find(upload.content, of: bucket, snapshot).owner.shape : CanonicalUser.owner(bucket.account)
    }

    /// The owner of a version, as a listing shows it.
    static func shown(_ object: StoredObject, in target: BucketTarget, _ snapshot: borrowing Snapshot) throws
        -> S3.Owner
    {
        try find(object, in: target, snapshot)?.owner.shape ?? CanonicalUser.owner(target.required().account)
    }

    /// Takes the place of what there was.
    func put(of content: Int64, in bucket: Bucket, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_object_acl WHERE content = ?", .int(content))
        let owner = self.owner == .account(bucket.account) ? nil : self.owner
        guard owner != nil || list != nil else { return }
        try transaction.run(
            "INSERT INTO s3_object_acl (content, owner, acl) VALUES (?, ?, ?)", .int(content),
            .textOrNull(owner?.stored), .textOrNull(list?.stored))
    }
}

/// What a question about a key is about, where lists count.
enum ListedObject: Sendable {
    case absent
    case present(OwnedObject)
}

/// Objects that a call makes.
extension BucketTarget {
    /// Whose the object will be, and its list. Nil where lists do not count.
    /// - Throws: what is wrong with the list that the request gives.
    fileprivate func newObject(
        _ input: some ListGiver, _ facts: RequestFacts, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot
    ) throws -> OwnedObject? {
        let (bucket, given) = (try required(), try GivenList(input))
        guard lists.ownership.hasLists else {
            guard given?.isBucketOwnerFullControl ?? true else { throw Refused.accessControlList }
            return nil
        }
        let owner = try newOwner(input, facts)
        let list = try given?.list(of: owner, in: bucket.account, names, snapshot)
        return OwnedObject(owner: owner, list: list, isStored: false)
    }

    /// Who writes an object owns it, unless the bucket's owner is preferred and the writer agrees.
    fileprivate func newOwner(_ input: some ListGiver, _ facts: RequestFacts) throws -> ListOwner {
        // What a service delivers is the bucket's owner's: it is nobody's own, and is not to be everybody's.
        if givesAway(input) || facts.source != nil { return .account(try required().account) }
        return facts.account.map { .account($0) } ?? .anonymous
    }

    fileprivate func givesAway(_ input: some ListGiver) -> Bool {
        lists.ownership == .bucketOwnerPreferred && input.cannedName == CannedList.bucketOwnerFullControl.rawValue
    }
}

extension ObjectTarget {
    /// Nil where lists do not count. An object whose list was not looked up is open to nobody.
    func listed() throws -> ListedObject? {
        guard bucket.lists.ownership.hasLists else { return nil }
        if let owned { return .present(owned) }
        if let object { throw Damaged.object(object.content) }
        return .absent
    }

    /// Finds out whose the object will be that the call makes, and its list. What is wrong with it is told by `wanted`, once
    /// the policies allowed.
    mutating func want(
        _ input: some ListGiver, _ facts: RequestFacts, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot
    ) {
        guard bucket.bucket != nil, bucket.lists.ownership.hasLists || input.givesList else { return }
        do { wanted = .success(try bucket.newObject(input, facts, names, snapshot)) } catch { wanted = .failure(error) }
    }

    /// The question whether the call may set the list of the object it makes, whose owner decides that. Nil where it sets
    /// none, or gives the object to a bucket's owner who prefers to own it.
    /// - Source: S3 API Reference, "PutObject", "Permissions"; S3 User Guide, "Requiring the bucket-owner-full-control canned
    ///   ACL".
    func askForList(_ input: some ListGiver, _ facts: RequestFacts) throws -> Ask? {
        guard bucket.lists.ownership.hasLists, input.givesList, !bucket.givesAway(input) else { return nil }
        return try owned(by: try bucket.newOwner(input, facts)).ask("PutObjectAcl", keys: input.listKeys)
    }

    /// Refuses a list that is wrong, or public where that is blocked.
    func checkWanted(_ action: String, _ facts: RequestFacts) throws {
        guard let list = try wanted.get()?.list else { return }
        try bucket.checkPublic(list, action, on: try place().arn(usesBucketKey: false), facts)
    }

    /// Notes whose the object is that the call made, and its list.
    func own(in transaction: inout Transaction) throws {
        guard try wanted.get() != nil else { return }
        let bucket = try bucket.required()
        guard let made = try StoredObject.find(key, in: bucket, transaction.snapshot) else {
            throw Damaged.bucket(bucket.id)
        }
        try own(made.content, in: &transaction)
    }

    /// Looks again at whose the object is, and at its list, which an upload that it was made of began with: the bucket may have
    /// other rules by now.
    func checkOwner(of content: Int64, _ facts: RequestFacts, _ transaction: inout Transaction) throws {
        let bucket = try bucket.required()
        guard self.bucket.lists.ownership.hasLists else {
            try transaction.run("DELETE FROM s3_object_acl WHERE content = ?", .int(content))
            return
        }
        guard let list = try OwnedObject.find(content, of: bucket, transaction.snapshot).list else { return }
        try self.bucket.checkPublic(list, "PutObject", on: try place().arn(usesBucketKey: false), facts)
    }

    /// The same, of the content that the object has or will have.
    func own(_ content: Int64, in transaction: inout Transaction) throws {
        guard let wanted = try wanted.get() else { return }
        let bucket = try bucket.required()
        if wanted.owner == .account(bucket.account), wanted.list == nil { return }
        try wanted.put(of: content, in: bucket, &transaction)
    }
}
