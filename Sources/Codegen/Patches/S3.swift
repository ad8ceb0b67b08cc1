/// The API reference gives S3 a root element per answer and some hundred error codes; botocore's model has neither.
let s3Patches: [Patch] = roots + errors + limits + statuses + checksums

private let limits: [Patch] = [
    Patch(
        .pattern(shape: "NonEmptyKmsKeyArnString", nil),
        because: "S3 API Reference, UpdateObjectEncryption: what is no ARN of a key is InvalidRequest"),
    Patch(
        .limits(shape: "NonEmptyKmsKeyArnString", min: 0, max: 2048),
        because: "S3 API Reference, UpdateObjectEncryption: what is no ARN of a key is InvalidRequest"),
    Patch(
        .optional(structure: "SSEKMSEncryption", member: "KMSKeyArn"),
        because: "S3 API Reference, UpdateObjectEncryption: that there is none is InvalidRequest"),
    Patch(
        .limits(shape: "ObjectIdentifierList", min: 1, max: 1000),
        because: "S3 API Reference, DeleteObjects: up to 1,000 keys"),
    Patch(
        .pattern(shape: "CopySource", nil),
        because: "S3 itself tells what is wrong with x-amz-copy-source; the pattern is the SDKs'"),
    Patch(
        .words(
            shape: "BucketCannedACL",
            ["aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"]),
        because:
            "S3 User Guide, \"Access control list (ACL) overview\", \"Canned ACL\": these apply to buckets too, or are ignored"
    ),
]

private let statuses: [Patch] = [
    Patch(
        .status(operation: "PutBucketPolicy", 204),
        because: "S3 API Reference, PutBucketPolicy, sample response; seen of S3 in versitygw's issue 1712"),
    Patch(.status(operation: "PutBucketTagging", 204), because: "S3 API Reference, PutBucketTagging, sample response"),
]

/// The model's trait binds the SDKs. S3 itself was seen to want a digest of CORS, lifecycles, tags of buckets, locks and lists of
/// objects to delete; of replication its reference shows one. It takes other bodies without.
private let checksums: [Patch] =
    [
        "PutBucketPolicy", "PutBucketAcl", "PutObjectAcl", "PutBucketRequestPayment", "PutBucketLogging",
        "PutBucketWebsite",
    ].map {
        Patch(.checksumOptional(operation: $0), because: "s3cmd sends no digest with it, and works with S3")
    }
    + [
        "PutBucketVersioning", "PutBucketEncryption", "PutBucketOwnershipControls", "PutPublicAccessBlock",
        "PutObjectTagging",
    ].map {
        Patch(
            .checksumOptional(operation: $0),
            because: "nobody was seen to be refused for want of one; of PutBucketVersioning minio's change 9852 says so"
        )
    }

private let roots: [Patch] = [
    Patch(.root(operation: "ListBuckets", "ListAllMyBucketsResult"), because: "S3 API Reference, ListBuckets"),
    Patch(.root(operation: "ListObjects", "ListBucketResult"), because: "S3 API Reference, ListObjects"),
    Patch(.root(operation: "ListObjectsV2", "ListBucketResult"), because: "S3 API Reference, ListObjectsV2"),
    Patch(
        .root(operation: "ListObjectVersions", "ListVersionsResult"), because: "S3 API Reference, ListObjectVersions"),
    Patch(
        .root(operation: "CreateMultipartUpload", "InitiateMultipartUploadResult"),
        because: "S3 API Reference, CreateMultipartUpload"),
    Patch(
        .root(operation: "CompleteMultipartUpload", "CompleteMultipartUploadResult"),
        because: "S3 API Reference, CompleteMultipartUpload"),
    Patch(.root(operation: "ListParts", "ListPartsResult"), because: "S3 API Reference, ListParts"),
    Patch(
        .root(operation: "ListMultipartUploads", "ListMultipartUploadsResult"),
        because: "S3 API Reference, ListMultipartUploads"),
    Patch(.root(operation: "DeleteObjects", "DeleteResult"), because: "S3 API Reference, DeleteObjects"),
    Patch(.root(operation: "GetBucketLocation", "LocationConstraint"), because: "S3 API Reference, GetBucketLocation"),
    Patch(.root(operation: "GetObjectTagging", "Tagging"), because: "S3 API Reference, GetObjectTagging"),
    Patch(.root(operation: "GetBucketTagging", "Tagging"), because: "S3 API Reference, GetBucketTagging"),
    Patch(.root(operation: "GetBucketCors", "CORSConfiguration"), because: "S3 API Reference, GetBucketCors"),
    Patch(
        .root(operation: "GetBucketLifecycleConfiguration", "LifecycleConfiguration"),
        because: "S3 API Reference, GetBucketLifecycleConfiguration"),
    Patch(
        .root(operation: "GetBucketReplication", "ReplicationConfiguration"),
        because: "S3 API Reference, GetBucketReplication"),
    Patch(
        .root(operation: "GetBucketWebsite", "WebsiteConfiguration"),
        because: "S3 API Reference, GetBucketWebsite"),
    Patch(.root(operation: "GetBucketAbac", "AbacStatus"), because: "S3 API Reference, GetBucketAbac"),
    Patch(.root(operation: "GetBucketAcl", "AccessControlPolicy"), because: "S3 API Reference, GetBucketAcl"),
    Patch(.root(operation: "GetObjectAcl", "AccessControlPolicy"), because: "S3 API Reference, GetObjectAcl"),
    Patch(
        .root(operation: "GetBucketVersioning", "VersioningConfiguration"),
        because: "S3 API Reference, GetBucketVersioning"),
    Patch(.root(operation: "GetBucketLogging", "BucketLoggingStatus"), because: "S3 API Reference, GetBucketLogging"),
    Patch(
        .root(operation: "GetBucketNotificationConfiguration", "NotificationConfiguration"),
        because: "S3 API Reference, GetBucketNotificationConfiguration"),
    Patch(
        .root(operation: "ListBucketInventoryConfigurations", "ListInventoryConfigurationsResult"),
        because: "S3 API Reference, ListBucketInventoryConfigurations"),
    Patch(
        .anyWord(shape: "BucketLocationConstraint"),
        because: "a place that is none is InvalidLocationConstraint, us-east-1 among them, not MalformedXML"),
    Patch(
        .root(operation: "GetBucketRequestPayment", "RequestPaymentConfiguration"),
        because: "S3 API Reference, GetBucketRequestPayment"),
]

private let errors: [Patch] = [
    ("NoSuchWebsiteConfiguration", 404), ("InvalidRedirectLocation", 400), ("AccessDenied", 403),
    ("AuthorizationHeaderMalformed", 400), ("BadDigest", 400), ("BucketAlreadyExists", 409),
    ("BucketAlreadyOwnedByYou", 409), ("BucketNotEmpty", 409), ("EntityTooLarge", 400), ("EntityTooSmall", 400),
    ("IllegalLocationConstraintException", 400), ("IncompleteBody", 400), ("InternalError", 500),
    ("InvalidArgument", 400),
    ("InvalidBucketName", 400), ("InvalidDigest", 400), ("InvalidLocationConstraint", 400), ("InvalidRange", 416),
    ("InvalidRequest", 400), ("InvalidToken", 400), ("InvalidURI", 400), ("KeyTooLongError", 400),
    ("MalformedPolicy", 400),
    ("MalformedXML", 400), ("MaxMessageLengthExceeded", 400), ("MetadataTooLarge", 400), ("MethodNotAllowed", 405),
    ("MissingContentLength", 411), ("MissingRequestBodyError", 400), ("NoSuchBucket", 404), ("NoSuchBucketPolicy", 404),
    ("NoSuchKey", 404), ("NoSuchPublicAccessBlockConfiguration", 404), ("NoSuchVersion", 404), ("NotImplemented", 501),
    ("NotModified", 304), ("OperationAborted", 409), ("OwnershipControlsNotFoundError", 404),
    ("PreconditionFailed", 412),
    ("ServerSideEncryptionConfigurationNotFoundError", 404), ("ServiceUnavailable", 503), ("SlowDown", 503),
    ("TooManyBuckets", 400), ("XAmzContentChecksumMismatch", 400), ("XAmzContentSHA256Mismatch", 400),
    ("AccessForbidden", 403), ("BadRequest", 400), ("InvalidTag", 400), ("NoSuchTagSet", 404),
    ("NoSuchCORSConfiguration", 404), ("InvalidPart", 400), ("InvalidPartOrder", 400), ("NoSuchUpload", 404),
    ("NoSuchLifecycleConfiguration", 404), ("InvalidStorageClass", 400),
    ("InvalidTargetBucketForLogging", 400), ("NoSuchConfiguration", 404), ("TooManyConfigurations", 400),
    ("InvalidS3DestinationBucket", 400),
    ("ReplicationConfigurationNotFoundError", 404),
].map {
    Patch(.error($0.0, code: $0.0, status: $0.1), because: "S3 API Reference, \"Error responses\", list of error codes")
}
