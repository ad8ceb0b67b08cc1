import IAMAPI
import Storage

/// What must be taken away before an entity can be deleted.
enum DeleteConflict {
    static func first(_ step: String) -> IAM.DeleteConflictException {
        IAM.DeleteConflictException(message: "Cannot delete entity, must \(step) first.")
    }

    static func checkPolicies(of owner: String, _ snapshot: borrowing Snapshot) throws {
        if try snapshot.exists("SELECT 1 FROM iam_inline_policy WHERE owner = ?", .text(owner)) {
            throw first("delete policies")
        }
        if try snapshot.exists("SELECT 1 FROM iam_attachment WHERE owner = ?", .text(owner)) {
            throw first("detach all policies")
        }
    }

    /// Credentials of a user beside access keys, passwords and second factors.
    static func checkCredentials(of user: User, _ snapshot: borrowing Snapshot) throws {
        let owner = SQLValue.text(user.id)
        if try snapshot.exists("SELECT 1 FROM iam_signing_certificate WHERE owner = ?", owner) {
            throw first("delete certificates")
        }
        if try snapshot.exists("SELECT 1 FROM iam_ssh_key WHERE owner = ?", owner) {
            throw first("remove referenced objects")
        }
        if try snapshot.exists("SELECT 1 FROM iam_service_credential WHERE owner = ?", owner) {
            throw first("remove referenced objects")
        }
    }
}
