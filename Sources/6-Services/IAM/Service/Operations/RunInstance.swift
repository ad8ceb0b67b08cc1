public import AWS
import Crypto
public import Door
import Formats
import IAMAPI
public import Storage
public import World

/// Begins an instance with an instance profile. Whoever does it hands the profile's role to EC2, as EC2's RunInstances
/// has it, and must be allowed to.
/// - Source: EC2 User Guide, "Grant permissions to attach an IAM role to an instance".
public struct RunInstance: HouseChange {
    public static let action = "RunInstance"

    private let profileName: String
    private let region: Region
    private let id: String
    private let secret: String

    /// What the machine needs to know of itself.
    public struct Started: Sendable {
        public let instance: Instance
        public let profile: Instance.Profile
        /// Told this once.
        public let secret: String
    }

    /// - Parameter body: a JSON object with `profile` and `region`.
    public init(_ body: [UInt8], _ identifiers: Identifiers) throws {
        var members: [String: String] = [:]
        do {
            var json = JSONReader(body)
            try json.beginObject()
            while let key = try json.nextKey() { members[key] = try json.readString() }
            try json.finish()
        } catch { throw Invalid("The body is a JSON object with profile and region.") }
        guard let name = members["profile"], !name.isEmpty else { throw Invalid("The profile has no name.") }
        guard let region = Region(members["region"] ?? "") else {
            throw Invalid("\(members["region"] ?? "") is no Region.")
        }
        (profileName, self.region) = (name, region)
        id = "i-0" + Hexadecimal.string(identifiers.bytes(8))
        secret = Base64.encode(SecureRandom.bytes(33))
    }

    /// `iam:PassRole` on the role in the profile, where there is one.
    public func asks(of account: AccountID, in snapshot: borrowing Snapshot) throws -> [Ask] {
        let profile = try InstanceProfile.find(profileName, in: account, snapshot).record
        guard let role = try profile?.role.flatMap({ try Role.find(id: $0, snapshot) }) else { return [] }
        return [
            .passing(
                role: role.arn, of: account, to: ProfiledRole.service, for: Instance.arn(id, account, region),
                keys: try Tags.resourceKeys(role.id, snapshot))
        ]
    }

    /// Throws `NoSuchEntity` where there is no such profile.
    public func perform(
        for account: AccountID, at now: Instant, in transaction: inout Transaction
    ) throws -> Started {
        let profile = try InstanceProfile.find(profileName, in: account, transaction.snapshot).required()
        let instance = Instance(
            id: id, account: account, region: region, created: now, profileID: profile.id, secret: secret)
        try instance.insert(in: &transaction)
        guard let shown = try instance.profile(transaction.snapshot) else {
            throw StorageError.corrupt("an instance profile went while it was used")
        }
        return Started(instance: instance, profile: shown, secret: secret)
    }

    /// Without the secret.
    public var requestParameters: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("instanceId", id)
        json.member("instanceProfileName", profileName)
        json.member("region", region.description)
        json.endObject()
        return json.bytes
    }
}
