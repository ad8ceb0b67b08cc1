import Formats

/// The names that server access logs have for operations: the method, and what it is used on.
/// - Source: S3 User Guide, "Amazon S3 server access log format" and the examples of other pages; names that no page has are
///   made in the same way.
enum LoggedOperation {
    static let deleted = "BATCH.DELETE.OBJECT"

    /// Of the record in the log of a copy's source.
    static func ofSource(_ operation: String) -> String {
        operation == "UploadPartCopy" ? "REST.COPY.PART_GET" : "REST.COPY.OBJECT_GET"
    }

    /// - Parameter operation: by its name in the model; nil where the model has none such.
    static func name(_ operation: String?, method: String, isOnObject: Bool) -> String {
        switch operation {
        case "CopyObject": return "REST.COPY.OBJECT"
        case "PostObject": return "REST.POST.OBJECT"
        case "Website": return "WEBSITE.\(method).OBJECT"
        case "UploadPartCopy": return "REST.COPY.PART"
        case let name?:
            if let type = types[name] ?? setting(name) { return "REST.\(method).\(type)" }
        case nil: if method == "OPTIONS" { return "REST.OPTIONS.PREFLIGHT" }
        }
        return "REST.\(method).\(isOnObject ? "OBJECT" : "BUCKET")"
    }

    private static let types: [String: String] = [
        "GetObject": "OBJECT", "HeadObject": "OBJECT", "PutObject": "OBJECT", "DeleteObject": "OBJECT",
        "DeleteObjects": "MULTI_OBJECT_DELETE", "CreateMultipartUpload": "UPLOADS", "UploadPart": "PART",
        "CompleteMultipartUpload": "UPLOAD", "AbortMultipartUpload": "UPLOAD", "ListParts": "UPLOAD",
        "ListMultipartUploads": "UPLOADS", "ListObjects": "BUCKET", "ListObjectsV2": "BUCKET",
        "ListObjectVersions": "BUCKETVERSIONS", "HeadBucket": "BUCKET", "CreateBucket": "BUCKET",
        "DeleteBucket": "BUCKET", "GetBucketPolicy": "BUCKETPOLICY", "PutBucketPolicy": "BUCKETPOLICY",
        "DeleteBucketPolicy": "BUCKETPOLICY", "GetBucketLogging": "LOGGING_STATUS",
        "PutBucketLogging": "LOGGING_STATUS", "GetBucketPolicyStatus": "POLICY_STATUS",
        "GetBucketRequestPayment": "REQUEST_PAYMENT", "PutBucketRequestPayment": "REQUEST_PAYMENT",
        "GetObjectAcl": "ACL", "PutObjectAcl": "ACL", "GetObjectTagging": "OBJECT_TAGGING",
        "PutObjectTagging": "OBJECT_TAGGING", "DeleteObjectTagging": "OBJECT_TAGGING",
        "GetObjectRetention": "OBJECT_LOCK_RETENTION", "PutObjectRetention": "OBJECT_LOCK_RETENTION",
        "GetObjectLegalHold": "OBJECT_LOCK_LEGALHOLD", "PutObjectLegalHold": "OBJECT_LOCK_LEGALHOLD",
        "GetObjectAttributes": "OBJECT_ATTRIBUTES", "ListBucketInventoryConfigurations": "INVENTORY",
        "UpdateObjectEncryption": "OBJECT_ENCRYPTION",
    ]

    /// `GetBucketOwnershipControls` is about `OWNERSHIP_CONTROLS`.
    private static func setting(_ operation: String) -> String? {
        var name = operation[...]
        for verb in ["Get", "Put", "Delete", "List"] where name.hasPrefix(verb) {
            name = name.dropFirst(verb.count)
            break
        }
        if name.hasPrefix("Bucket") { name = name.dropFirst("Bucket".count) }
        for ending in ["Configurations", "Configuration"] where name.hasSuffix(ending) && !name.hasPrefix("ObjectLock")
        {
            name = name.dropLast(ending.count)
        }
        guard !name.isEmpty else { return nil }
        var words = ""
        for character in name {
            if character.isUppercase, let last = words.last, last != "_" { words.append("_") }
            words += character.uppercased()
        }
        return words
    }
}
