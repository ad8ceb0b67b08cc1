/// What S3 adds: ownership, ACLs, Block Public Access. Specification 7.
struct Bucket {
    let isACLEnabled: Bool
    let objectOwner: String?
    let bucketACL: [Tree]
    let objectACL: [Tree]
    let ignoresPublicACLs: Bool
    let restrictsPublicBuckets: Bool

    init(_ tree: Tree) {
        // BucketOwnerEnforced is the default: no ACLs, and everything is the bucket owner's.
        isACLEnabled = ["BucketOwnerPreferred", "ObjectWriter"].contains(tree["ownership"]?.string ?? "")
        objectOwner = isACLEnabled ? tree["objectOwner"]?.string : nil
        bucketACL = tree["bucketAcl"]?.elements ?? []
        objectACL = tree["objectAcl"]?.elements ?? []
        ignoresPublicACLs = tree["bpa"]?["IgnorePublicAcls"]?.isTrue ?? false
        restrictsPublicBuckets = tree["bpa"]?["RestrictPublicBuckets"]?.isTrue ?? false
    }

    private static let object: [(permission: String, actions: [String])] = [
        ("READ", ["GetObject", "GetObjectVersion", "GetObjectTorrent"]),
        ("READ_ACP", ["GetObjectAcl", "GetObjectVersionAcl"]),
        ("WRITE_ACP", ["PutObjectAcl", "PutObjectVersionAcl"]),
    ]
    private static let bucket: [(permission: String, actions: [String])] = [
        ("READ", ["ListBucket", "ListBucketVersions", "ListBucketMultipartUploads"]), ("WRITE", ["PutObject"]),
        ("READ_ACP", ["GetBucketAcl"]), ("WRITE_ACP", ["PutBucketAcl"]),
    ]

    /// The ways in which the ACLs reach the caller.
    func ways(_ request: Request) -> [Reach] {
        guard isACLEnabled else { return [] }
        func ways(_ acl: [Tree], _ table: [(permission: String, actions: [String])]) -> [Reach] {
            let row = table.first { $0.actions.contains { request.isAction("s3:" + $0) } }
            guard let row else { return [] }
            return acl.filter { ["FULL_CONTROL", row.permission].contains($0["permission"]?.string) }
                .flatMap { self.ways($0, request.caller) }
        }
        return ways(objectACL, Bucket.object) + ways(bucketACL, Bucket.bucket)
    }

    private func ways(_ grant: Tree, _ caller: Caller) -> [Reach] {
        let groups = "http://acs.amazonaws.com/groups/"
        switch grant["uri"]?.string {
        case groups + "global/AllUsers": return ignoresPublicACLs ? [] : [.wild]
        case groups + "global/AuthenticatedUsers": return ignoresPublicACLs || !caller.isInAccount ? [] : [.wild]
        case groups + "s3/LogDelivery":
            return caller.kind == .service && caller.name == "logging.s3.amazonaws.com" ? [.exact] : []
        default: return (grant["account"]?.string).map { caller.ways(named: $0) } ?? []
        }
    }

    /// The account that owns an existing object, if it is not the bucket's: its ACL grants, the bucket's policy does not.
    /// What is put, or deleted by the bucket's owner, is a matter of the bucket.
    /// - Source: S3 User Guide, "How Amazon S3 authorizes a request for an object operation".
    func foreignOwner(_ request: Request) -> String? {
        guard let objectOwner, objectOwner != request.owner else { return nil }
        let isOfObject = Bucket.object.contains { $0.actions.contains { request.isAction("s3:" + $0) } }
        return isOfObject ? objectOwner : nil
    }

    /// Whether RestrictPublicBuckets keeps this caller out.
    func shutsOut(_ request: Request, policy: Tree?) -> Bool {
        guard restrictsPublicBuckets, let policy, isPublic(policy) else { return false }
        let caller = request.caller
        return !(caller.kind == .service || (caller.isInAccount && caller.account == request.owner))
    }
}
