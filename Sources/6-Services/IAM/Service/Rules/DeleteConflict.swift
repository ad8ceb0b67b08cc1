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
}
