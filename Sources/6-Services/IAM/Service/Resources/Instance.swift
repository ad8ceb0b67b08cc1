public import AWS
import Crypto
import Door
public import Storage
public import World

/// A machine of `gatehouse instance run`, which gets its keys from a metadata service: which account it is of, and the
/// instance profile it runs with.
public struct Instance: Sendable {
    /// `i-` and 17 hexadecimal digits.
    public let id: String
    public let account: AccountID
    public let region: Region
    public let created: Instant
    /// The profile's unique id: a namesake of a deleted profile gives the instance nothing.
    private let profileID: String
    /// Of the secret that the machine proves itself with.
    private let digest: [UInt8]

    /// `arn:aws:ec2:REGION:ACCOUNT:instance/ID`
    public var arn: String { Instance.arn(id, account, region) }

    /// As EC2 names instances.
    static func arn(_ id: String, _ account: AccountID, _ region: Region) -> String {
        "arn:aws:ec2:\(region):\(account):instance/\(id)"
    }

    /// The role in a profile. The id is unique: a namesake of a deleted role is another, and keys of that one are dead.
    public struct HeldRole: Sendable {
        public let name, arn, id: String
    }

    /// The profile of an instance, with the role in it.
    public struct Profile: Sendable {
        public let arn: String
        public let id: String
        /// Nil where there is none in it.
        public let role: HeldRole?
    }

    init(id: String, account: AccountID, region: Region, created: Instant, profileID: String, secret: String) {
        (self.id, self.account, self.region, self.created) = (id, account, region, created)
        (self.profileID, digest) = (profileID, SHA256.hash(Array(secret.utf8)))
    }

    private init(_ row: borrowing Row) throws {
        (id, account, profileID) = (row.text(0), try AccountID.stored(row.text(1)), row.text(2))
        guard let region = Region(row.text(3)) else { throw StorageError.corrupt("a Region in the store") }
        (self.region, digest, created) = (region, row.blob(4), Instant(milliseconds: row.int(5)))
    }

    /// The instance of that id, if it is proved by its secret.
    public static func find(
        _ id: String, provedBy secret: String, _ snapshot: borrowing Snapshot
    ) throws -> Instance? {
        let found = try snapshot.first(
            "SELECT id, account, profile, region, secret, created FROM iam_instance WHERE id = ?", .text(id),
            make: Instance.init)
        // Compared also where there is none, so that both take as long.
        let digest = SHA256.hash(Array(secret.utf8))
        let isProved = constantTimeEquals(found?.digest ?? [UInt8](repeating: 0, count: digest.count), digest)
        return isProved ? found : nil
    }

    /// Nil where the profile was deleted.
    public func profile(_ snapshot: borrowing Snapshot) throws -> Profile? {
        guard let profile = try InstanceProfile.find(id: profileID, snapshot) else { return nil }
        let role = try profile.role.flatMap { try Role.find(id: $0, snapshot) }
        return Profile(
            arn: profile.arn, id: profile.id, role: role.map { HeldRole(name: $0.name, arn: $0.arn, id: $0.id) })
    }

    func insert(in transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO iam_instance (id, account, profile, region, secret, created) VALUES (?, ?, ?, ?, ?, ?)",
            .text(id), .text(account.description), .text(profileID), .text(region.description), .blob(digest),
            .int(created.milliseconds))
    }

    /// There is no such instance any more.
    public struct Over: Error {}

    /// It is over: its secret is worth nothing any more. False where it was over already.
    func delete(in transaction: inout Transaction) throws -> Bool {
        try transaction.run("DELETE FROM iam_instance WHERE id = ?", .text(id)) > 0
    }
}
