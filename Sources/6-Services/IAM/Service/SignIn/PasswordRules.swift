import IAMAPI

/// Whether a password is good enough.
enum PasswordRules {
    /// - Source: IAM API Reference, "UpdateAccountPasswordPolicy": RequireSymbols.
    private static let symbols = Set("!@#$%^&*()_+-=[]{}|'".unicodeScalars)

    /// By the account's policy, or by AWS's own rules where it has none.
    /// - Parameter names: the account's alias and such, none of which may be the password under AWS's own rules.
    static func check(_ password: String, _ policy: PasswordPolicy?, names: [String]) throws {
        if let policy { try check(password, policy) } else { try checkUnruled(password, names) }
    }

    private static func check(_ password: String, _ policy: PasswordPolicy) throws {
        let kinds = Kinds(password)
        if password.unicodeScalars.count < policy.minimumLength {
            throw violation("Password should have a minimum length of \(policy.minimumLength).")
        }
        if policy.requiresUppercase, !kinds.hasUppercase {
            throw violation("Password should have at least one uppercase letter.")
        }
        if policy.requiresLowercase, !kinds.hasLowercase {
            throw violation("Password should have at least one lowercase letter.")
        }
        if policy.requiresNumbers, !kinds.hasNumber { throw violation("Password should have at least one number.") }
        if policy.requiresSymbols, !password.unicodeScalars.contains(where: symbols.contains) {
            throw violation("Password should have at least one symbol: ! @ # $ % ^ & * ( ) _ + - = [ ] { } | '")
        }
    }

    /// The rules of accounts without a policy, and of root users always.
    /// - Source: IAM User Guide, "Set an account password policy for IAM users": default password policy.
    static func checkUnruled(_ password: String, _ names: [String]) throws {
        guard password.unicodeScalars.count >= 8 else { throw violation("Password should have a minimum length of 8.") }
        let missing = Kinds(password).missing
        guard missing.count <= 1 else {
            throw violation(
                "Password should meet \(missing.count - 1) more of the following requirements: "
                    + missing.map { "Password should have at least one " + $0 }.joined(separator: ", "))
        }
        guard !names.contains(where: { $0.lowercased() == password.lowercased() }) else {
            throw violation("Password should not be the name or the e-mail address of the account.")
        }
    }

    static func violation(_ message: String) -> IAM.PasswordPolicyViolationException {
        IAM.PasswordPolicyViolationException(message: message)
    }

    /// Which kinds of characters there are. Only ASCII's letters count as letters.
    private struct Kinds {
        var (hasUppercase, hasLowercase, hasNumber, hasOther) = (false, false, false, false)
        /// The kinds there are none of, by name.
        var missing: [String] {
            [
                (hasUppercase, "uppercase letter"), (hasLowercase, "lowercase letter"), (hasNumber, "number"),
                (hasOther, "symbol"),
            ].filter { !$0.0 }.map(\.1)
        }

        init(_ password: String) {
            for scalar in password.unicodeScalars {
                switch scalar {
                case "A"..."Z": hasUppercase = true
                case "a"..."z": hasLowercase = true
                case "0"..."9": hasNumber = true
                default: hasOther = true
                }
            }
        }
    }
}
