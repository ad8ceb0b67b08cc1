/// The API reference gives S3 a root element per answer and some hundred error codes; botocore's model has neither.
let s3Patches: [Patch] = roots + errors + limits + statuses

private let limits: [Patch] = [
    Patch(
        .limits(shape: "ObjectIdentifierList", min: 1, max: 1000),
        because: "S3 API Reference, DeleteObjects: up to 1,000 keys")
]

private let statuses: [Patch] = [
    Patch(
        .status(operation: "PutBucketPolicy", 204),
        because: "S3 API Reference, PutBucketPolicy, sample response; seen of S3 in versitygw's issue 1712")
]

private let roots: [Patch] = [
    Patch(.root(operation: "ListBuckets", "ListAllMyBucketsResult"), because: "S3 API Reference, ListBuckets"),
    Patch(.root(operation: "ListObjects", "ListBucketResult"), because: "S3 API Reference, ListObjects"),
    Patch(.root(operation: "ListObjectsV2", "ListBucketResult"), because: "S3 API Reference, ListObjectsV2"),
    Patch(.root(operation: "DeleteObjects", "DeleteResult"), because: "S3 API Reference, DeleteObjects"),
    Patch(.root(operation: "GetBucketLocation", "LocationConstraint"), because: "S3 API Reference, GetBucketLocation"),
]

private let errors: [Patch] = [
    ("AccessDenied", 403), ("AuthorizationHeaderMalformed", 400), ("BadDigest", 400), ("BucketAlreadyExists", 409),
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
].map {
    Patch(.error($0.0, code: $0.0, status: $0.1), because: "S3 API Reference, \"Error responses\", list of error codes")
}
