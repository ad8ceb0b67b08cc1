import AWS
import Authentication
import Door
import IAMAPI
import Journal
import Storage
import World

/// Whose keys a call is about: a user by name, or whoever calls where no name is given.
struct KeyOwner: Sendable {
    let account: AccountID
    /// The user's unique id, or the account id for root; nil where there is no such user.
    let id: String?
    let userName: String?
    let arn: String
    let missing: String
    /// How a denial names the user; nil for root.
    let title: String?
    /// The user's tags as condition keys.
    let tagKeys: [ConditionEntry]

    init(_ name: String?, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) throws {
        account = try facts.signedAccount()
        if name == nil, case .root(let account) = facts.caller.principal {
            (id, userName) = (account.description, nil)
            (arn, missing, title, tagKeys) = (Principal.root(account).arn ?? "*", "", nil, [])
            return
        }
        guard let found = try User.named(name, facts, snapshot) else {
            throw Invalid("Must specify userName when calling with non-User credentials")
        }
        (id, userName) = (found.record?.id, found.record?.name)
        (arn, missing, title, tagKeys) = (found.arn, found.missing, found.title, found.tagKeys)
    }

    func required() throws -> String {
        guard let id else { throw IAM.NoSuchEntityException(message: missing) }
        return id
    }

    /// The owner's key of that id.
    func key(_ keyID: String, _ snapshot: borrowing Snapshot) throws -> AccessKey {
        guard let key = try AccessKey.find(keyID, snapshot), key.owner == (try required()) else {
            throw IAM.NoSuchEntityException(message: "The Access Key with id \(keyID) cannot be found.")
        }
        return key
    }
}

/// An operation on the keys of a user or of root.
protocol OnKeys: Operation where Target == KeyOwner {
    func userName(_ input: Input) -> String?
}

extension OnKeys {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> KeyOwner {
        try KeyOwner(userName(input), facts, snapshot)
    }

    func access(_ input: Input, to target: KeyOwner, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: target.tagKeys, as: target.title)
    }
}

/// Makes an access key; the only answer that ever shows its secret.
/// - Source: IAM API Reference, "CreateAccessKey".
struct CreateAccessKey: Change, OnKeys {
    typealias Shape = IAM.CreateAccessKey
    let naming: Naming
    let secrets: KeySecrets
    func userName(_ input: Input) -> String? { input.userName }

    /// - Source: IAM and STS quotas: access keys per user.
    static let limit = 2

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        let owner = try target.required()
        guard try AccessKey.all(of: owner, transaction.snapshot).count < CreateAccessKey.limit else {
            throw Quota.exceeded("AccessKeysPerUser", CreateAccessKey.limit)
        }
        let id = naming.accessKeyID(target.account)
        let (secret, sealed) = try secrets.make(for: id)
        try AccessKey.insert(
            id: id, account: target.account, owner: owner, sealedSecret: sealed, created: permit.facts.now, &transaction
        )
        return Output(
            accessKey: IAM.AccessKey(
                userName: target.userName ?? "", accessKeyId: id, status: .active, secretAccessKey: secret,
                createDate: permit.facts.now))
    }
}

/// - Source: IAM API Reference, "ListAccessKeys".
struct ListAccessKeys: Query, OnKeys {
    typealias Shape = IAM.ListAccessKeys
    func userName(_ input: Input) -> String? { input.userName }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let target = permit.target
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let keys = try AccessKey.all(of: target.required(), snapshot).filter { $0.id > page.after }
        let (items, marker) = page.cut(Array(keys.prefix(page.fetch))) { $0.id }
        return Output(
            accessKeyMetadata: items.map {
                IAM.AccessKeyMetadata(
                    userName: target.userName, accessKeyId: $0.id, status: $0.status, createDate: $0.created)
            }, isTruncated: marker != nil, marker: marker)
    }
}

/// Switches a key on or off. An inactive key signs nothing.
/// - Source: IAM API Reference, "UpdateAccessKey".
struct UpdateAccessKey: Change, OnKeys {
    typealias Shape = IAM.UpdateAccessKey
    func userName(_ input: Input) -> String? { input.userName }

    /// A leaked key must be stopped on a full disk too; to start one can wait.
    func freesRoom(_ input: Input) -> Bool { input.status == .inactive }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in transaction: inout Transaction
    ) throws -> Output {
        let isActive = try CredentialStatus.isActive(input.status)
        let key = try permit.target.key(input.accessKeyId, transaction.snapshot)
        try transaction.run("UPDATE iam_access_key SET active = ? WHERE id = ?", .bool(isActive), .text(key.id))
        transaction.touch(.identity)
        return Output()
    }
}

/// Removes a key for ever, its sealed secret with it.
/// - Source: IAM API Reference, "DeleteAccessKey".
struct DeleteAccessKey: Change, OnKeys {
    typealias Shape = IAM.DeleteAccessKey
    func userName(_ input: Input) -> String? { input.userName }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in transaction: inout Transaction
    ) throws -> Output {
        let key = try permit.target.key(input.accessKeyId, transaction.snapshot)
        try transaction.run("DELETE FROM iam_access_key WHERE id = ?", .text(key.id))
        try transaction.run("DELETE FROM iam_key_use WHERE key = ?", .text(key.id))
        transaction.touch(.identity)
        transaction.eraseTraces()
        return Output()
    }
}

/// When, where and for which service a key was last used.
/// - Source: IAM API Reference, "GetAccessKeyLastUsed".
struct GetAccessKeyLastUsed: Query {
    typealias Shape = IAM.GetAccessKeyLastUsed
    static let readsJournal = true

    /// The key, and the user it belongs to.
    struct Target: Sendable {
        let key: AccessKey?
        let user: User?
        let arn: String
        let tagKeys: [ConditionEntry]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let account = try facts.signedAccount()
        let key = try AccessKey.find(input.accessKeyId, snapshot).flatMap { $0.account == account ? $0 : nil }
        let user = try key.flatMap { try User.find(id: $0.owner, snapshot) }
        return Target(key: key, user: user, arn: user?.arn ?? "*", tagKeys: try Tags.resourceKeys(user?.id, snapshot))
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: target.tagKeys, as: "access key " + input.accessKeyId)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<Target>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let key = permit.target.key else { throw missing(input.accessKeyId, for: permit.facts) }
        let use = try Journal.lastUse(of: key.id, in: key.account, snapshot)
        return Output(
            userName: permit.target.user?.name,
            accessKeyLastUsed: IAM.AccessKeyLastUsed(
                lastUsedDate: use.map { Instant(seconds: $0.time.seconds) }, serviceName: use.map(service) ?? "N/A",
                region: use?.region ?? "N/A"))
    }

    /// IAM tells nobody whether a key that is not of their account exists: whoever asks is not authorized.
    private func missing(_ key: String, for facts: RequestFacts) -> AccessDenied {
        AccessDenied(
            "User: \(facts.caller.principal.arn ?? "") is not authorized to perform iam:GetAccessKeyLastUsed "
                + "on resource: access key \(key)")
    }

    /// `s3` of `s3.amazonaws.com`.
    private func service(_ entry: Entry) -> String { String(entry.source.prefix { $0 != "." }) }
}
