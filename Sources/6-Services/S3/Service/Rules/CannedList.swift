import AWS
import Authorization

/// The lists that have names.
/// - Source: S3 User Guide, "Access control list (ACL) overview", "Canned ACL".
enum CannedList: String, CaseIterable {
    case `private`
    case publicRead = "public-read"
    case publicReadWrite = "public-read-write"
    case authenticatedRead = "authenticated-read"
    case awsExecRead = "aws-exec-read"
    case bucketOwnerRead = "bucket-owner-read"
    case bucketOwnerFullControl = "bucket-owner-full-control"
    case logDeliveryWrite = "log-delivery-write"

    /// Full control to the owner, and what the name says to others.
    func list(of owner: ListOwner, in bucketOwner: AccountID) -> AccessControlList {
        var grants = AccessControlList(ownedBy: owner).grants
        func add(_ grantee: S3Access.Grantee, _ permissions: S3Access.Permission...) {
            grants += permissions.map { S3Access.Grant(grantee, $0) }
        }
        switch self {
        case .private, .awsExecRead: break
        case .publicRead: add(.allUsers, .read)
        case .publicReadWrite: add(.allUsers, .read, .write)
        case .authenticatedRead: add(.authenticatedUsers, .read)
        case .logDeliveryWrite: add(.logDelivery, .write, .readACP)
        case .bucketOwnerRead: if owner != .account(bucketOwner) { add(.account(bucketOwner), .read) }
        case .bucketOwnerFullControl: if owner != .account(bucketOwner) { add(.account(bucketOwner), .fullControl) }
        }
        return AccessControlList(grants)
    }
}
