import AWS
import Door
import Storage

/// The root user's e-mail address, by which it signs in.
enum RootUser {
    static func email(of account: AccountID, _ snapshot: borrowing Snapshot) throws -> String? {
        try snapshot.first("SELECT email FROM iam_root_user WHERE account = ?", .text(account.description)) {
            $0.text(0)
        }
    }

    /// The account of that address, compared without case.
    static func account(of email: String, _ snapshot: borrowing Snapshot) throws -> AccountID? {
        try snapshot.first("SELECT account FROM iam_root_user WHERE email_key = ?", .text(email.lowercased())) {
            try AccountID.stored($0.text(0))
        }
    }
}
