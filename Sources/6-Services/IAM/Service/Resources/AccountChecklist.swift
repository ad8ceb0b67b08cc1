public import AWS
public import Storage
public import World

/// What makes an account a secured one, looked at now: each item with the command that mends it.
///
/// Items that lean on services which are not served yet say so and never count as passed.
/// - Source: IAM User Guide, "Security best practices in IAM"; AWS Account Management, "Best practices for the root user".
public struct AccountChecklist: Sendable {
    /// What is the case now.
    public enum State: String, Sendable { case passed, failed, later }

    /// One thing to have done.
    public struct Item: Sendable {
        /// A short name for scripts, such as `root-mfa`.
        public let id: String
        /// What it says if all is well.
        public let title: String
        /// Whether it is.
        public let state: State
        /// What was found.
        public let detail: String
        /// What to do; nil where there is nothing to do now.
        public let mend: String?
    }

    /// Whose items they are.
    public let account: AccountID
    /// When they were looked at.
    public let time: Instant
    /// In the order to mend them: there is a user with an administrator's rights before root's keys go.
    public let items: [Item]

    /// How many items are in a state.
    public func count(_ state: State) -> Int { items.count { $0.state == state } }
}

extension AccountChecklist {
    /// So long root must not have been used.
    private static let rootRest = 90
    private static let leastPassword = 8
    /// More names than these are a number.
    private static let mostNames = 5

    /// Looks at everything at once, on one view of the account.
    public init(of account: AccountID, at now: Instant, _ snapshot: borrowing Snapshot) throws {
        (self.account, time) = (account, now)
        items = [
            try AccountChecklist.users(account, snapshot), try AccountChecklist.administrators(account, snapshot),
            try AccountChecklist.rootKeys(account, snapshot), try AccountChecklist.rootFactor(account, snapshot),
            try AccountChecklist.rootUse(account, now, snapshot), try AccountChecklist.userFactors(account, snapshot),
            try AccountChecklist.passwords(account, snapshot),
            AccountChecklist.later("trail", "a trail keeps the account's events", "trails are not served yet"),
            AccountChecklist.later(
                "billing-report", "a billing report is delivered", "cost and usage reports are not served yet"),
        ]
    }

    private static func item(
        _ id: String, _ title: String, _ isPassed: Bool, _ detail: String, mend: String
    ) -> Item {
        Item(id: id, title: title, state: isPassed ? .passed : .failed, detail: detail, mend: isPassed ? nil : mend)
    }

    private static func later(_ id: String, _ title: String, _ reason: String) -> Item {
        Item(id: id, title: title, state: .later, detail: "later: " + reason, mend: nil)
    }

    /// Without another administrator who can sign, to delete them would lock everybody out.
    private static func rootKeys(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Item {
        let keys = try AccessKey.all(of: account.description, snapshot)
        let commands = keys.map { "aws iam delete-access-key --access-key-id \($0.id)" }.joined(separator: "; ")
        let isAlone = try !keys.isEmpty && !Administrators.canWork(account, snapshot)
        return item(
            "root-access-keys", "the root user has no access keys", keys.isEmpty,
            keys.isEmpty ? "none" : "\(keys.count) there",
            mend: isAlone
                ? "not before a user in a group of administrators has keys or a password, and you have tried them (aws iam "
                    + "create-access-key --user-name NAME); then with root's keys: " + commands
                : commands)
    }

    private static func rootFactor(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Item {
        let count = try snapshot.number(
            "SELECT count(*) FROM iam_mfa_device WHERE owner = ?", .text(account.description))
        return item(
            "root-mfa", "the root user has a second factor", count > 0, count > 0 ? "\(count) in use" : "none",
            mend: "as root: aws iam create-virtual-mfa-device --virtual-mfa-device-name root --outfile qr.png "
                + "--bootstrap-method QRCodePNG, then aws iam enable-mfa-device")
    }

    /// The house's own calls do not count: to ask for this list must not change it.
    private static func rootUse(_ account: AccountID, _ now: Instant, _ snapshot: borrowing Snapshot) throws -> Item {
        let known = try snapshot.number(
            "SELECT max(time) FROM iam_access_use WHERE owner = ? AND service <> 'gatehouse'",
            .text(account.description))
        let behind = try GatheredUses.behindTables(snapshot).owners[account.description] ?? [:]
        let signedIn = try snapshot.number(
            "SELECT last_used FROM iam_password_use WHERE owner = ?", .text(account.description))
        let times = behind.filter { $0.key.service != "gatehouse" }.map(\.value.time.milliseconds) + [known, signedIn]
        guard let last = times.max(), last > 0 else {
            return item(
                "root-use", "the root user has not been used for \(rootRest) days", true, "never used", mend: "")
        }
        let days = (now.milliseconds - last) / 86_400_000
        return item(
            "root-use", "the root user has not been used for \(rootRest) days", days >= rootRest,
            "last used \(days) days ago, at \(Instant(milliseconds: last).iso8601)",
            mend: "work as a user or role: aws iam create-user, aws iam add-user-to-group; the item passes "
                + "\(rootRest) days after the last use")
    }

    private static func userFactors(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Item {
        let bare = try names(
            snapshot.rows(
                """
                SELECT name FROM iam_user WHERE account = ?
                AND NOT EXISTS (SELECT 1 FROM iam_mfa_device d WHERE d.owner = iam_user.id) ORDER BY name_key
                """, .text(account.description)
            ) { $0.text(0) })
        return item(
            "user-mfa", "every user has a second factor", bare == nil,
            bare.map { "without one: \($0)" } ?? "all have one",
            mend: "for each: aws iam create-virtual-mfa-device, then aws iam enable-mfa-device --user-name NAME")
    }

    /// One of the account's own: without it, any eight characters of three kinds will do for ever.
    ///
    /// - Source: AWS Security Hub, control IAM.7: eight characters, and all four kinds.
    private static func passwords(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Item {
        let policy = try PasswordPolicy.find(account, snapshot)
        let length = policy?.minimumLength ?? 0
        let lacking = policy?.kindsNotRequired ?? []
        let detail = "at least \(length) characters"
        return item(
            "password-policy", "passwords must have \(leastPassword) characters or more, of all four kinds",
            length >= leastPassword && lacking.isEmpty,
            policy == nil
                ? "the account has no password policy"
                : lacking.isEmpty ? detail : detail + ", which may lack " + lacking.joined(separator: ", "),
            mend: "aws iam update-account-password-policy --minimum-password-length 14 --require-symbols "
                + "--require-numbers --require-uppercase-characters --require-lowercase-characters "
                + "--allow-users-to-change-password --password-reuse-prevention 24")
    }

    /// A group that may do everything, with somebody in it.
    private static func administrators(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Item {
        let found = try Administrators.groups(account, snapshot).first
        return item(
            "administrators-group", "administrators are a group", found != nil,
            found.map { "the group \($0.name)" } ?? "no group with members may do everything",
            mend: "aws iam create-group --group-name Administrators; aws iam attach-group-policy --group-name "
                + "Administrators --policy-arn arn:aws:iam::aws:policy/AdministratorAccess; "
                + "aws iam add-user-to-group --group-name Administrators --user-name NAME; "
                + "aws iam create-access-key --user-name NAME")
    }

    /// People are users of their own, and their rights come from groups.
    private static func users(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Item {
        let direct = try names(
            snapshot.rows(
                """
                SELECT name FROM iam_user WHERE account = ? AND (EXISTS
                    (SELECT 1 FROM iam_attachment a WHERE a.owner = iam_user.id)
                    OR EXISTS (SELECT 1 FROM iam_inline_policy i WHERE i.owner = iam_user.id)) ORDER BY name_key
                """, .text(account.description)
            ) { $0.text(0) })
        let count = try Quota.users.count(in: account, snapshot)
        let title = "people are users with the rights of their groups"
        guard count > 0 else {
            return item("individual-users", title, false, "no users", mend: "aws iam create-user --user-name NAME")
        }
        return item(
            "individual-users", title, direct == nil,
            direct.map { "with policies of their own: \($0)" } ?? "\(count) users, none with policies of their own",
            mend: "for each: give the policy to a group, then aws iam detach-user-policy or aws iam delete-user-policy")
    }

    /// Nil where there is nobody.
    private static func names(_ names: [String]) -> String? {
        guard !names.isEmpty else { return nil }
        let more = names.count - mostNames
        return names.prefix(mostNames).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
