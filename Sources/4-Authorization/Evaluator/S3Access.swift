public import AWS

/// What S3 adds to a question: ownership, access control lists and Block Public Access.
/// - Source: S3 User Guide, "Access control list (ACL) overview", "Controlling ownership of objects".
public struct S3Access: Sendable {
    /// A bucket's Object Ownership setting.
    public enum Ownership: Sendable { case bucketOwnerEnforced, bucketOwnerPreferred, objectWriter }
    /// Permissions of access control lists, named as in S3's XML.
    public enum Permission: String, Sendable {
        case read = "READ"
        case write = "WRITE"
        case readACP = "READ_ACP"
        case writeACP = "WRITE_ACP"
        case fullControl = "FULL_CONTROL"
    }
    /// Whom a grant of a list is for.
    public enum Grantee: Sendable, Hashable {
        case allUsers, authenticatedUsers, logDelivery
        /// A canonical user.
        case account(AccountID)
    }
    /// One entry of an access control list.
    public struct Grant: Sendable, Hashable {
        public let grantee: Grantee
        public let permission: Permission
        public init(_ grantee: Grantee, _ permission: Permission) {
            (self.grantee, self.permission) = (grantee, permission)
        }

        public var isPublic: Bool { grantee == .allUsers || grantee == .authenticatedUsers }
    }

    public var ownership = Ownership.bucketOwnerEnforced
    /// Set if the object belongs to another account than the bucket.
    public var objectOwner: AccountID?
    public var bucketACL: [Grant] = []
    public var objectACL: [Grant] = []
    /// Block Public Access, account and bucket settings joined.
    public var ignoresPublicACLs = false
    public var restrictsPublicBuckets = false

    public init() {}

    /// How the lists reach the caller for this question.
    func reach(_ question: Question) -> Reach {
        guard ownership != .bucketOwnerEnforced, question.action.service == "s3" else { return [] }
        var reach: Reach = []
        for grant in bucketACL where S3Access.bucketPermissions(question.action.name, grant.permission) {
            reach.formUnion(self.reach(grant, question.subject))
        }
        for grant in objectACL where S3Access.objectPermissions(question.action.name, grant.permission) {
            reach.formUnion(self.reach(grant, question.subject))
        }
        return reach
    }

    /// The owner that counts for a question: the object's own account for what is done to an object that exists.
    func owner(for question: Question) -> AccountID? {
        guard ownership != .bucketOwnerEnforced, let objectOwner, question.action.service == "s3",
            question.resource.description.utf8.contains(UInt8(ascii: "/")),
            !S3Access.bucketOwnersActions.contains(question.action.name)
        else { return question.resourceAccount }
        return objectOwner
    }

    /// True where a public bucket policy leaves the bucket to its owner's account and to services.
    func shuts(_ question: Question, under policy: CompiledPolicy?) -> Bool {
        guard restrictsPublicBuckets, policy?.isPublic == true, question.subject.kind != .service else { return false }
        return question.subject.account == nil || question.subject.account != question.resourceAccount
    }

    private func reach(_ grant: Grant, _ subject: Subject) -> Reach {
        if ignoresPublicACLs, grant.isPublic { return [] }
        switch grant.grantee {
        case .allUsers: return .wild
        case .authenticatedUsers: return subject.isAccountIdentity ? .wild : []
        case .logDelivery: return subject.kind == .service && subject.name == "logging.s3.amazonaws.com" ? .exact : []
        case .account(let account): return PrincipalPattern.account(account.description).reach(subject)
        }
    }

    /// Lower-cased actions the bucket's owner decides, whoever owns an object of that name.
    private static let bucketOwnersActions: Set<String> = [
        "putobject", "deleteobject", "deleteobjectversion", "listbucket", "listbucketversions",
        "listbucketmultipartuploads",
    ]

    private static func bucketPermissions(_ action: String, _ permission: Permission) -> Bool {
        let isFull = permission == .fullControl
        switch action {
        case "listbucket", "listbucketversions", "listbucketmultipartuploads": return isFull || permission == .read
        case "putobject": return isFull || permission == .write
        case "getbucketacl": return isFull || permission == .readACP
        case "putbucketacl": return isFull || permission == .writeACP
        default: return false
        }
    }

    private static func objectPermissions(_ action: String, _ permission: Permission) -> Bool {
        let isFull = permission == .fullControl
        switch action {
        case "getobject", "getobjectversion", "getobjecttorrent": return isFull || permission == .read
        case "getobjectacl", "getobjectversionacl": return isFull || permission == .readACP
        case "putobjectacl", "putobjectversionacl": return isFull || permission == .writeACP
        default: return false
        }
    }
}
