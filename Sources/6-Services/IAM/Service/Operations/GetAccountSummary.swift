import AWS
import Authorization
import Door
import IAMAPI
import Storage

/// How many of each kind the account has, and may have.
///
/// Each quota is the number the operations enforce. Of kinds that this server does not serve there are none, and there may
/// be none: both numbers are zero.
/// - Source: IAM API Reference, "GetAccountSummary".
struct GetAccountSummary: Query, OnAccount {
    typealias Shape = IAM.GetAccountSummary

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let account = permit.target
        let providers = try snapshot.number(
            """
            SELECT (SELECT count(*) FROM iam_oidc_provider WHERE account = ?1)
                + (SELECT count(*) FROM iam_saml_provider WHERE account = ?1)
            """, .text(account.description))
        let rootKeys = try AccessKey.all(of: account.description, snapshot).contains { $0.isActive }
        let rootCertificates = try !SigningCertificate.all(of: account.description, snapshot).isEmpty
        let devices = try MFADevice.counts(in: account, snapshot)
        let hasRootPassword = try LoginProfile.find(owner: account.description, snapshot) != nil
        return Output(summaryMap: [
            "Users": try Quota.users.count(in: account, snapshot), "UsersQuota": Quota.users.limit,
            "Groups": try Quota.groups.count(in: account, snapshot), "GroupsQuota": Quota.groups.limit,
            "Roles": try Quota.roles.count(in: account, snapshot), "RolesQuota": Quota.roles.limit,
            "Policies": try Quota.policies.count(in: account, snapshot), "PoliciesQuota": Quota.policies.limit,
            // Never reached: there cannot be more than `policies` times `versionLimit`.
            "PolicyVersionsInUse": try PoliciesInUse.count(in: account, snapshot),
            "PolicyVersionsInUseQuota": Quota.policies.limit * ManagedPolicy.versionLimit,
            "VersionsPerPolicyQuota": ManagedPolicy.versionLimit, "GroupsPerUserQuota": Membership.limit,
            "AccessKeysPerUserQuota": CreateAccessKey.limit,
            "AttachedPoliciesPerUserQuota": PolicyOwner.attachmentLimit,
            "AttachedPoliciesPerGroupQuota": PolicyOwner.attachmentLimit,
            "AttachedPoliciesPerRoleQuota": PolicyOwner.attachmentLimit,
            "UserPolicySizeQuota": PolicyOwner.inlineLimit(of: .user),
            "GroupPolicySizeQuota": PolicyOwner.inlineLimit(of: .group),
            "RolePolicySizeQuota": PolicyOwner.inlineLimit(of: .role), "PolicySizeQuota": PolicyQuota.managed,
            "AssumeRolePolicySizeQuota": PolicyQuota.trust, "AccountAccessKeysPresent": rootKeys ? 1 : 0,
            "AccountMFAEnabled": try MFADevice.exists(of: account.description, snapshot) ? 1 : 0,
            "AccountPasswordPresent": hasRootPassword ? 1 : 0,
            "AccountSigningCertificatesPresent": rootCertificates ? 1 : 0,
            "MFADevices": devices.all, "MFADevicesInUse": devices.inUse, "Providers": Int(providers),
            "InstanceProfiles": try InstanceProfile.count(in: account, snapshot),
            "InstanceProfilesQuota": InstanceProfile.limit,
            "ServerCertificates": try ServerCertificate.count(in: account, snapshot),
            "ServerCertificatesQuota": ServerCertificate.limit,
            "SigningCertificatesPerUserQuota": SigningCertificate.limit,
            // Tokens are good in every Region: see SetSecurityTokenServicePreferences.
            "GlobalEndpointTokenVersion": 2,
        ])
    }
}
