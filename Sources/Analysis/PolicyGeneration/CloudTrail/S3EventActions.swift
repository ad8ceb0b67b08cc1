import Catalogue

/// S3's operations and the actions they need, where the names differ.
///
/// - Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
enum S3EventActions {
    static func actions(_ record: CloudTrailRecord) -> [String]? {
        // A form is another way to put.
        let name = record.name == "PostObject" ? "PutObject" : record.name
        let isOfVersion = !record.texts("versionid").isEmpty
        if let listed = renamed[name] { return listed.map { versioned($0, isOfVersion) } }
        guard let action = ServiceAuthorization.find("s3")?.action(bare(name)) else { return nil }
        var actions = [versioned(action.name, isOfVersion)]
        if name == "PutObject", !record.texts("xamzacl").isEmpty { actions.append("s3:PutObjectAcl") }
        if name == "PutObject", !record.texts("xamztagging").isEmpty { actions.append("s3:PutObjectTagging") }
        return actions
    }

    /// Of an operation on a version that the caller named, S3 asks about another action.
    private static func versioned(_ action: String, _ isOfVersion: Bool) -> String {
        let others = [
            "GetObject": "GetObjectVersion", "DeleteObject": "DeleteObjectVersion",
            "GetObjectAcl": "GetObjectVersionAcl",
            "PutObjectAcl": "PutObjectVersionAcl", "GetObjectTagging": "GetObjectVersionTagging",
            "PutObjectTagging": "PutObjectVersionTagging", "DeleteObjectTagging": "DeleteObjectVersionTagging",
            "GetObjectAttributes": "GetObjectVersionAttributes",
        ]
        return "s3:" + (isOfVersion ? others[action] ?? action : action)
    }

    /// `GetBucketEncryption` is `GetEncryptionConfiguration`, `DeleteBucketReplication` `PutReplicationConfiguration`.
    private static func bare(_ name: String) -> String {
        let verb = ["Get", "Put", "Delete", "List"].first { name.hasPrefix($0) } ?? ""
        var rest = name.dropFirst(verb.count)
        let isOfBucket = rest.hasPrefix("Bucket")
        if isOfBucket { rest = rest.dropFirst("Bucket".count) }
        let acting = verb == "Delete" ? "Put" : verb == "List" ? "Get" : verb
        for (start, subject) in configurations where rest.hasPrefix(start) {
            return acting + subject + "Configuration"
        }
        switch rest {
        case "Cors": return acting + "BucketCORS"
        case "Tagging" where isOfBucket: return acting + "BucketTagging"
        case "PublicAccessBlock": return acting + (isOfBucket ? "BucketPublicAccessBlock" : "AccountPublicAccessBlock")
        case "OwnershipControls": return acting + "BucketOwnershipControls"
        case "NotificationConfiguration" where isOfBucket: return acting + "BucketNotification"
        default: return name
        }
    }

    private static let configurations = [
        ("Encryption", "Encryption"), ("Lifecycle", "Lifecycle"), ("Replication", "Replication"),
        ("AccelerateConfiguration", "Accelerate"), ("AnalyticsConfiguration", "Analytics"),
        ("MetricsConfiguration", "Metrics"), ("InventoryConfiguration", "Inventory"),
        ("IntelligentTieringConfiguration", "IntelligentTiering"),
    ]

    private static let renamed: [String: [String]] = [
        "ListBuckets": ["ListAllMyBuckets"], "ListObjects": ["ListBucket"], "ListObjectsV2": ["ListBucket"],
        "HeadBucket": ["ListBucket"], "ListObjectVersions": ["ListBucketVersions"], "HeadObject": ["GetObject"],
        "SelectObjectContent": ["GetObject"], "CopyObject": ["GetObject", "PutObject"],
        "UploadPart": ["PutObject"], "UploadPartCopy": ["GetObject", "PutObject"],
        "CreateMultipartUpload": ["PutObject"], "CompleteMultipartUpload": ["PutObject"], "PostObject": ["PutObject"],
        "ListParts": ["ListMultipartUploadParts"], "ListMultipartUploads": ["ListBucketMultipartUploads"],
        "DeleteObjects": ["DeleteObject"], "PutObjectLockRetention": ["PutObjectRetention"],
        "GetObjectLockRetention": ["GetObjectRetention"], "PutObjectLockLegalHold": ["PutObjectLegalHold"],
        "GetObjectLockLegalHold": ["GetObjectLegalHold"],
    ]
}
