import Door
import IAMAPI

extension IAMService {
    /// Passwords and what is asked of them.
    static func signIn(_ passwords: Passwords) -> [AnyOperation] {
        let hashing = passwords.hashing
        return [
            .prepared(CreateLoginProfile(hashing: hashing)), .query(GetLoginProfile()),
            .prepared(UpdateLoginProfile(hashing: hashing)), .change(DeleteLoginProfile()),
            .prepared(ChangePassword(hashing: hashing, attempts: passwords.attempts)),
            .query(GetAccountPasswordPolicy()),
            .change(UpdateAccountPasswordPolicy()), .change(DeleteAccountPasswordPolicy()),
        ]
    }
}
