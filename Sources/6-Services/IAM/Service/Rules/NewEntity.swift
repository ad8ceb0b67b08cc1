import AWS

/// The entity that a Create call is about: the ARN it will have, and whether the name is taken.
struct NewEntity: Sendable {
    let account: AccountID
    let arn: String
    let isTaken: Bool
    /// The policy named as permissions boundary, where one is named.
    var boundary: Found<ManagedPolicy>?

    init(_ kind: EntityKind, _ account: AccountID, path: String?, name: String, isTaken: Bool) {
        self.account = account
        arn = kind.arn(account, path: path ?? "/", name: name)
        self.isTaken = isTaken
    }
}
