import AWS
import Door
import IAMAPI
import Storage

/// How many of each kind the account has, and may have.
///
/// Kinds that this server does not serve are counted as zero, which is what there are.
/// - Source: IAM API Reference, "GetAccountSummary".
struct GetAccountSummary: Query, OnAccount {
    typealias Shape = IAM.GetAccountSummary

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let account = permit.target
        let versions = try snapshot.number(
            """
            SELECT count(*) FROM iam_policy_version v JOIN iam_policy p ON p.id = v.policy_id WHERE p.account = ?
            """, .text(account.description))
        let rootKeys = try AccessKey.all(of: account.description, snapshot).contains { $0.isActive }
        return Output(summaryMap: [
            "Users": try Quota.users.count(in: account, snapshot), "UsersQuota": Quota.users.limit,
            "Groups": try Quota.groups.count(in: account, snapshot), "GroupsQuota": Quota.groups.limit,
            "Roles": try Quota.roles.count(in: account, snapshot), "RolesQuota": Quota.roles.limit,
            "Policies": try Quota.policies.count(in: account, snapshot), "PoliciesQuota": Quota.policies.limit,
            "PolicyVersionsInUse": Int(versions), "PolicyVersionsInUseQuota": 10_000,
            "VersionsPerPolicyQuota": ManagedPolicy.versionLimit, "GroupsPerUserQuota": Membership.limit,
            "AccessKeysPerUserQuota": 2, "AttachedPoliciesPerUserQuota": PolicyOwner.attachmentLimit,
            "AttachedPoliciesPerGroupQuota": PolicyOwner.attachmentLimit,
            "AttachedPoliciesPerRoleQuota": PolicyOwner.attachmentLimit, "UserPolicySizeQuota": 2048,
            "GroupPolicySizeQuota": 5120, "RolePolicySizeQuota": 10_240, "PolicySizeQuota": PolicyText.managedLimit,
            "AssumeRolePolicySizeQuota": TrustPolicy.limit, "AccountAccessKeysPresent": rootKeys ? 1 : 0,
            "AccountMFAEnabled": 0, "AccountPasswordPresent": 0, "AccountSigningCertificatesPresent": 0,
            "MFADevices": 0,
            "MFADevicesInUse": 0, "Providers": 0, "InstanceProfiles": 0, "ServerCertificates": 0,
            "InstanceProfilesQuota": 1000, "ServerCertificatesQuota": 20, "SigningCertificatesPerUserQuota": 2,
            "GlobalEndpointTokenVersion": 1,
        ])
    }
}
