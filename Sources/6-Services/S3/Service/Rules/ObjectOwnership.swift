import Authorization
import S3API

/// Who owns the objects of a bucket, and with that whether access control lists count.
/// - Source: S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
enum ObjectOwnership: Int64, Sendable {
    /// The numbers are those of the database.
    case bucketOwnerEnforced = 0
    case bucketOwnerPreferred = 1
    case objectWriter = 2
    /// After `DeleteBucketOwnershipControls`: as `objectWriter`, which was there before the setting was.
    case unset = 3

    init(_ shape: S3.ObjectOwnership) throws {
        switch shape {
        case .bucketOwnerEnforced: self = .bucketOwnerEnforced
        case .bucketOwnerPreferred: self = .bucketOwnerPreferred
        case .objectWriter: self = .objectWriter
        default: throw Refused.argument("x-amz-object-ownership", shape.rawValue, "")
        }
    }

    /// Nil where there is no setting.
    var shape: S3.ObjectOwnership? {
        switch self {
        case .bucketOwnerEnforced: .bucketOwnerEnforced
        case .bucketOwnerPreferred: .bucketOwnerPreferred
        case .objectWriter: .objectWriter
        case .unset: nil
        }
    }

    var hasLists: Bool { self != .bucketOwnerEnforced }

    /// For the policy engine.
    var access: S3Access.Ownership {
        switch self {
        case .bucketOwnerEnforced: .bucketOwnerEnforced
        case .bucketOwnerPreferred: .bucketOwnerPreferred
        case .objectWriter, .unset: .objectWriter
        }
    }
}
