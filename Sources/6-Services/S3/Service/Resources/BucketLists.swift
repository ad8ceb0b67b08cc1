import AWS
import Authentication
import Authorization
import Door
import S3API
import Storage

/// The Object Ownership of a bucket, and its access control list.
struct BucketLists: Sendable {
    let ownership: ObjectOwnership
    /// Nil for the list that a bucket begins with. Kept while lists do not count.
    let list: AccessControlList?

    /// Of a bucket that is not there.
    static let none = BucketLists(ownership: .bucketOwnerEnforced, list: nil)

    private init(ownership: ObjectOwnership, list: AccessControlList?) {
        (self.ownership, self.list) = (ownership, list)
    }

    /// Columns: ownership, acl. The list is read where it counts.
    init(_ row: borrowing Row, at column: Int, of bucket: Int64) throws {
        guard let ownership = ObjectOwnership(rawValue: row.int(column)) else { throw Damaged.bucket(bucket) }
        self.init(
            ownership: ownership,
            list: try ownership.hasLists ? row.textOrNull(column + 1).map(AccessControlList.init(stored:)) : nil)
    }

    /// For the policy engine: nil where lists do not count.
    /// - Parameter object: the one asked about; nil where the bucket itself is asked about.
    func access(of owner: AccountID, _ block: PublicAccessBlock, object: ListedObject?) -> S3Access? {
        guard ownership.hasLists else { return nil }
        var access = S3Access()
        access.ownership = ownership.access
        access.ignoresPublicACLs = block.contains(.ignorePublicAcls)
        access.bucketACL = (list ?? AccessControlList(ownedBy: .account(owner))).grants
        switch object {
        case nil: break
        case .absent:
            // What is not there keeps nobody out. Who may list the bucket hears that it is not there.
            let readers = access.bucketACL.filter { [.read, .fullControl].contains($0.permission) }
            access.objectACL = readers.map { S3Access.Grant($0.grantee, .fullControl) }
        case .present(let object):
            access.objectExists = object.isStored
            access.objectOwner = object.owner.account == owner ? nil : object.owner.account
            access.isObjectAnonymous = object.owner == .anonymous
            access.objectACL = object.effective.grants
        }
        return access
    }

    /// Whether the bucket's own list gives anything to others than its owner, whether it counts or not.
    static func grantsToOthers(_ bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> Bool {
        let text = try snapshot.first("SELECT acl FROM s3_bucket WHERE id = ?", .int(bucket.id)) { $0.textOrNull(0) }
        let list = try (text ?? nil).map(AccessControlList.init(stored:))
        return list?.grants.contains { $0.grantee != .account(bucket.account) } ?? false
    }

    static func set(_ ownership: ObjectOwnership, of bucket: String, in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE s3_bucket SET ownership = ? WHERE name = ?", .int(ownership.rawValue), .text(bucket))
        transaction.touch(.resourcePolicies)
    }

    /// - Parameter list: nil for the one that every bucket begins with.
    static func set(_ list: AccessControlList?, of bucket: String, in transaction: inout Transaction) throws {
        try transaction.run("UPDATE s3_bucket SET acl = ? WHERE name = ?", .textOrNull(list?.stored), .text(bucket))
        transaction.touch(.resourcePolicies)
    }
}

extension BucketTarget {
    /// The list that holds now: without what is ignored, and only the owner's where lists do not count.
    func effectiveList() throws -> AccessControlList {
        let all = AccessControlList(ownedBy: .account(try required().account))
        return shown(lists.ownership.hasLists ? lists.list ?? all : all)
    }

    /// - Source: S3 User Guide, "Blocking public access to your Amazon S3 storage": answers tell what is enforced.
    func shown(_ list: AccessControlList) -> AccessControlList {
        block.contains(.ignorePublicAcls) ? list.withoutPublic : list
    }

    /// Refuses a public list where Block Public Access says so. - Parameter action: without the service.
    func checkPublic(_ list: AccessControlList, _ action: String, on arn: String, _ facts: RequestFacts) throws {
        guard list.isPublic, block.contains(.blockPublicAcls) else { return }
        guard let caller = facts.caller.principal.arn else { throw AccessDenied.anonymous }
        throw AccessDenied(
            "User: \(caller) is not authorized to perform: s3:\(action) on resource: \"\(arn)\" because public ACLs are "
                + "prevented by the BlockPublicAcls setting in S3 Block Public Access.")
    }
}
