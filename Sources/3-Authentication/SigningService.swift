/// The service a request was sent to, as far as its signature is concerned.
public struct SigningService: Sendable, Hashable {
    /// How a service canonicalises requests and words its refusals.
    public enum Family: Sendable, Hashable {
        /// IAM, STS, EC2: XML errors.
        case query
        /// KMS, CloudTrail and others over `X-Amz-Target`: errors with status 400.
        case json
        /// JSON errors with status 403.
        case restJSON
        /// S3: paths as they are, the payload's hash in a header, chunked bodies.
        case s3
    }

    /// As in a credential's scope: `iam`, `s3`.
    public let name: String
    /// The Region a credential must be scoped to.
    public let region: String
    public let family: Family
    /// Some JSON services answer `InvalidClientTokenId` for an unknown key, where most say `UnrecognizedClientException`.
    public let unknownKeyCode: String
    /// Whether links may be signed with Version 2: S3 alone, not S3 Control, which signs under the same name.
    public let acceptsVersion2: Bool
    /// The bucket that the host of an S3 request names; nil where the path does.
    public let hostBucket: String?

    public init(
        name: String, region: String, family: Family, unknownKeyCode: String? = nil, acceptsVersion2: Bool = false,
        hostBucket: String? = nil
    ) {
        (self.name, self.region, self.family) = (name, region, family)
        (self.acceptsVersion2, self.hostBucket) = (acceptsVersion2, hostBucket)
        switch family {
        case .query: self.unknownKeyCode = unknownKeyCode ?? "InvalidClientTokenId"
        case .json, .restJSON: self.unknownKeyCode = unknownKeyCode ?? "UnrecognizedClientException"
        case .s3: self.unknownKeyCode = "InvalidAccessKeyId"
        }
    }

    var isS3: Bool { family == .s3 }
}
