import AWS
import Door
import IAMAPI
import Storage

/// An instance profile and a role that are to be joined or parted.
struct ProfiledRole: Sendable {
    let profile: Found<InstanceProfile>
    let role: Found<Role>

    init(_ profileName: String, _ roleName: String, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) throws {
        let account = try facts.signedAccount()
        let profile = try InstanceProfile.find(profileName, in: account, snapshot)
        self.profile = try profile.tagged(by: profile.record?.id, snapshot)
        let role = try Role.find(roleName, in: account, snapshot)
        self.role = try role.tagged(by: role.record?.id, snapshot)
    }

    /// Instances are EC2's.
    static let service = "ec2.amazonaws.com"

    /// What the role is tied to: any instance of the account, in any Region.
    /// - Source: IAM API Reference, "AddRoleToInstanceProfile": `iam:AssociatedResourceArn`.
    static func instances(_ account: AccountID) -> String { "arn:aws:ec2:*:\(account):instance/*" }
}

/// Puts a role into an instance profile, which holds one. Whoever does it hands the role to EC2, and must be allowed to.
/// - Source: IAM API Reference, "AddRoleToInstanceProfile".
struct AddRoleToInstanceProfile: Change {
    typealias Shape = IAM.AddRoleToInstanceProfile

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ProfiledRole {
        try ProfiledRole(input.instanceProfileName, input.roleName, facts, snapshot)
    }

    func access(_ input: Input, to target: ProfiledRole, for facts: RequestFacts) throws -> Access {
        let (profile, role) = (target.profile, target.role)
        let adding = try ask(on: profile.arn, facts, keys: profile.tagKeys, as: profile.title)
        let account = try facts.signedAccount()
        return adding.and(
            .passing(
                role: role.arn, of: account, to: ProfiledRole.service, for: ProfiledRole.instances(account),
                keys: role.tagKeys))
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<ProfiledRole>, in transaction: inout Transaction
    ) throws -> Output {
        let profile = try permit.target.profile.required()
        let role = try permit.target.role.required()
        try role.requireOwn()
        guard profile.role == nil else {
            throw Quota.exceeded("InstanceSessionsPerInstanceProfile", InstanceProfile.roleLimit)
        }
        try profile.setRole(role.id, in: &transaction)
        return Output()
    }
}

/// Takes a role out of an instance profile. Instances that run with it get no keys any more; those they have last on.
/// - Source: IAM API Reference, "RemoveRoleFromInstanceProfile".
struct RemoveRoleFromInstanceProfile: Change {
    typealias Shape = IAM.RemoveRoleFromInstanceProfile

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ProfiledRole {
        try ProfiledRole(input.instanceProfileName, input.roleName, facts, snapshot)
    }

    func access(_ input: Input, to target: ProfiledRole, for facts: RequestFacts) throws -> Access {
        try ask(on: target.profile.arn, facts, keys: target.profile.tagKeys, as: target.profile.title)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<ProfiledRole>, in transaction: inout Transaction
    ) throws -> Output {
        let profile = try permit.target.profile.required()
        let role = try permit.target.role.required()
        guard profile.role == role.id else {
            throw IAM.NoSuchEntityException(
                message: "Role \(role.name) in Instance Profile \(profile.name) cannot be found.")
        }
        try profile.setRole(nil, in: &transaction)
        return Output()
    }
}
