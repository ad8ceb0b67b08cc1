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
        /// Whoever calls without a signature, as the owner of what was written so.
        case anonymous
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
    /// Whether it belongs to the anonymous user, who is of no account; `objectOwner` is then nil.
    public var isObjectAnonymous = false
    /// Whether the key asked about has an object. What takes its place, or deletes it, then needs more than WRITE.
    public var objectExists = false
    public var bucketACL: [Grant] = []
    public var objectACL: [Grant] = []
    /// Block Public Access, account and bucket settings joined.
    public var ignoresPublicACLs = false
    public var restrictsPublicBuckets = false
    /// Of a multipart upload, who of the caller and its account began it. It counts whether lists do or not.
    public var begun = BegunBy.others

    public init() {}

    /// How the lists, and the beginning of an upload, reach the caller for this question.
    func reach(_ question: Question) -> Reach {
        listReach(question).union(begun.reach(question))
    }

    /// How the lists alone reach the caller.
    func listReach(_ question: Question) -> Reach {
        guard ownership != .bucketOwnerEnforced, question.action.service == "s3" else { return [] }
        var reach: Reach = []
        if mayChangeWhatIsThere(question) {
            for grant in bucketACL where S3Access.bucketPermissions(question.action.name, grant.permission) {
                reach.formUnion(self.reach(grant, question.subject))
            }
        }
        for grant in objectACL where S3Access.objectPermissions(question.action.name, grant.permission) {
            reach.formUnion(self.reach(grant, question.subject))
        }
        return reach
    }

    /// Whether the question is about an object of others than the bucket's owner. Its owner decides then, by the object's
    /// list; the bucket's policy can only deny.
    /// - Source: S3 User Guide, "How Amazon S3 authorizes a request for an object operation".
    func isAboutForeignObject(_ question: Question) -> Bool {
        guard ownership != .bucketOwnerEnforced, isObjectAnonymous || objectOwner != nil,
            question.action.service == "s3", question.resource.description.utf8.contains(UInt8(ascii: "/")),
            !S3Access.bucketOwnersActions.contains(question.action.name)
        else { return false }
        return isObjectAnonymous || objectOwner != question.resourceAccount
    }

    /// WRITE on a bucket lets make objects. To replace or delete one takes its owner, or the bucket's, besides.
    /// - Source: S3 User Guide, "Access control list (ACL) overview", "What permissions can I grant?".
    private func mayChangeWhatIsThere(_ question: Question) -> Bool {
        switch question.action.name {
        case "putobject": !objectExists || ownsObject(question)
        case "deleteobject": objectExists && ownsObject(question)
        default: true
        }
    }

    private func ownsObject(_ question: Question) -> Bool {
        guard let account = question.subject.account else {
            return isObjectAnonymous && question.subject.kind == .anonymous
        }
        if account == question.resourceAccount { return true }
        return !isObjectAnonymous && account == objectOwner
    }

    /// True where a public bucket policy leaves the bucket to its owner's account and to services.
    func shuts(_ question: Question, under policy: CompiledPolicy?) -> Bool {
        guard restrictsPublicBuckets, policy?.isPublic == true, question.subject.kind != .service else { return false }
        return question.subject.account == nil || question.subject.account != question.resourceAccount
    }

    private func reach(_ grant: Grant, _ subject: Subject) -> Reach {
        if ignoresPublicACLs, grant.isPublic || grant.grantee == .anonymous { return [] }
        switch grant.grantee {
        case .allUsers: return .wild
        case .authenticatedUsers: return subject.isAccountIdentity ? .wild : []
        case .anonymous: return subject.kind == .anonymous ? .exact : []
        case .logDelivery: return subject.kind == .service && subject.name == "logging.s3.amazonaws.com" ? .exact : []
        case .account(let account): return PrincipalPattern.account(account.description).reach(subject)
        }
    }

    /// Lower-cased actions the bucket's owner decides, whoever owns an object of that name.
    private static let bucketOwnersActions: Set<String> = [
        "putobject", "deleteobject", "deleteobjectversion", "listbucket", "listbucketversions",
        "listbucketmultipartuploads", "abortmultipartupload", "listmultipartuploadparts", "restoreobject",
        // A retention that the object's owner could end would bind nobody.
        "putobjectretention", "getobjectretention", "putobjectlegalhold", "getobjectlegalhold",
        "bypassgovernanceretention",
    ]

    private static func bucketPermissions(_ action: String, _ permission: Permission) -> Bool {
        let isFull = permission == .fullControl
        switch action {
        case "listbucket", "listbucketversions", "listbucketmultipartuploads": return isFull || permission == .read
        case "putobject", "deleteobject": return isFull || permission == .write
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
