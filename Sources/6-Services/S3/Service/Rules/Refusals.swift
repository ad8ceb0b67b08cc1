import Authentication
import S3API
import Smithy

/// An error of S3 that the model does not list.
struct S3Refusal: ServiceError, Equatable {
    let code: String
    let httpStatus: Int
    let message: String
    var fields: [ErrorField] = []
    var headers: [ErrorField] = []

    init(_ code: String, _ status: Int, _ message: String, _ fields: [ErrorField] = []) {
        (self.code, httpStatus, self.message, self.fields) = (code, status, message, fields)
    }

    /// A body that is not what its head promised.
    init(_ refusal: Refusal) {
        self.init(refusal.code, refusal.status, refusal.message, refusal.details.map { ErrorField($0.name, $0.value) })
    }
}

/// S3's errors in S3's words.
/// - Source: S3 API Reference, "Error responses".
enum Refused {
    static func noSuchBucket(_ name: String) -> S3.NoSuchBucket {
        S3.NoSuchBucket(message: "The specified bucket does not exist", fields: [.init("BucketName", name)])
    }

    static func bucketName(_ name: String) -> S3.InvalidBucketName {
        S3.InvalidBucketName(message: "The specified bucket is not valid.", fields: [.init("BucketName", name)])
    }

    static func noSuchKey(_ key: String) -> any ServiceError {
        S3.NoSuchKey(message: "The specified key does not exist.", fields: [.init("Key", key)])
    }

    static func noSuchVersion(_ key: String, _ version: String) -> S3.NoSuchVersion {
        S3.NoSuchVersion(
            message: "The specified version does not exist.", fields: [.init("Key", key), .init("VersionId", version)])
    }

    static func noPolicy(of bucket: String) -> S3.NoSuchBucketPolicy {
        S3.NoSuchBucketPolicy(message: "The bucket policy does not exist", fields: [.init("BucketName", bucket)])
    }

    static func argument(_ name: String, _ value: String, _ message: String) -> S3.InvalidArgument {
        S3.InvalidArgument(message: message, fields: [.init("ArgumentName", name), .init("ArgumentValue", value)])
    }

    /// A header whose meaning this server does not have.
    static func header(_ name: String) -> S3.NotImplemented {
        S3.NotImplemented(
            message: "A header you provided implies functionality that is not implemented",
            fields: [.init("Header", name)])
    }

    static func precondition(_ condition: String) -> S3.PreconditionFailed {
        S3.PreconditionFailed(
            message: "At least one of the pre-conditions you specified did not hold",
            fields: [.init("Condition", condition)])
    }

    /// The lists of a bucket whose owner owns everything are off.
    static let accessControlList = S3Refusal("AccessControlListNotSupported", 400, "The bucket does not allow ACLs")

    /// A bucket's list that gives something to others, while the bucket's owner is to own everything.
    static let listBesideOwnership = S3Refusal(
        "InvalidBucketAclWithObjectOwnership", 400,
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")

    /// A new bucket has Block Public Access, whatever its account has.
    static let listBesideBlock = S3Refusal(
        "InvalidBucketAclWithBlockPublicAccessError", 400,
        "Bucket cannot have public ACLs set with BlockPublicAccess enabled")

    static let malformedList = S3Refusal(
        "MalformedACLError", 400,
        "The XML you provided was not well-formed or did not validate against our published schema")

    static let publicAccessBlock = "The public access block configuration was not found"

    /// Of content that a customer's key protects, and a request that does not bring it.
    /// - Source: S3 User Guide, "Using server-side encryption with customer-provided keys (SSE-C)".
    static let keyMissing = S3.InvalidRequest(
        message:
            "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to "
            + "retrieve the object.")

    /// Of a request that brings a key for content that no such key protects.
    static let keyNotApplicable = S3.InvalidRequest(
        message: "The encryption parameters are not applicable to this object.")

    static let malformedXML = S3.MalformedXML(
        message: "The XML you provided was not well-formed or did not validate against our published schema")

    static var notOwner: S3.MethodNotAllowed {
        S3.MethodNotAllowed(message: "The specified method is not allowed against this resource.")
    }
}
