import AWS
import Catalogue
import Door

/// Compares what the operations ask of the policies with what AWS publishes of its actions.
///
/// - Source: Service Authorization Reference.
enum ReferenceCheck {
    /// What is wrong with a question, in sentences; empty where nothing is.
    static func faults(of ask: Ask) -> [String] {
        guard let service = ServiceAuthorization.find(ask.action.service),
            let action = service.action(ask.action.name)
        else { return ["\(ask.action) is no action of the reference"] }
        var faults: [String] = []
        let isAsElsewhere = otherwise[ask.action.description]?(ask.resource) ?? false
        if !isAsElsewhere, !isKnown(ask.resource, to: action, of: service) {
            faults.append("\(ask.action) has no resource like \(ask.resource)")
        }
        let known =
            action.keys
            + action.resources.flatMap { target in
                target.keys + (service.resourceType(target.type)?.keys ?? [])
            }
        for entry in ask.keys {
            if entry.key.hasPrefix(encryptionContext) {
                if !action.keys.contains(where: { $0.hasPrefix(encryptionContext) })
                    && !known.contains(where: { $0.hasPrefix(encryptionContext) })
                {
                    faults.append("\(ask.action) does not have the condition key \(entry.key)")
                }
                continue
            }
            let name = tagFamilies.first { entry.key.hasPrefix($0) }.map { $0 + "tag-key" } ?? entry.key
            guard let key = service.key(name) ?? GlobalConditionKeys.find(name)?.key else {
                faults.append("\(entry.key) is no condition key of the reference")
                continue
            }
            if !known.contains(formerly[key.name] ?? key.name), !isShared(ask.action, entry.key.description) {
                faults.append("\(ask.action) does not have the condition key \(entry.key)")
            }
            if case .many = entry.value, !key.isMultivalued { faults.append("\(entry.key) has one value") }
            if case .one = entry.value, key.isMultivalued { faults.append("\(entry.key) has a list of values") }
        }
        return faults
    }

    /// A family of keys: what follows is a name in the request.
    private static let encryptionContext = "kms:EncryptionContext:"

    /// Families that the reference writes as one key, `…/tag-key`.
    private static let tagFamilies = ["secretsmanager:ResourceTag/", "ssm:resourceTag/"]

    /// Keys that mean what another one means by a name of today. The reference names them for no action.
    /// - Source: KMS Developer Guide, "AWS KMS condition keys", `kms:CustomerMasterKeySpec`.
    private static let formerly = [
        "kms:CustomerMasterKeySpec": "kms:KeySpec", "kms:CustomerMasterKeyUsage": "kms:KeyUsage",
    ]

    /// Actions whose resource is told elsewhere than in the reference.
    ///
    /// IAM's lists are asked about at the path they begin with, as its own refusals tell. A key that nobody has is no
    /// user's, so the question who used it is about nobody.
    private static let otherwise: [String: @Sendable (String) -> Bool] = [
        "iam:ListUsers": { $0.hasSuffix(":user/") }, "iam:ListGroups": { $0.hasSuffix(":group/") },
        "iam:ListRoles": { $0.hasSuffix(":role/") }, "iam:ListPolicies": { $0.hasSuffix(":policy/") },
        "iam:ListInstanceProfiles": { $0.hasSuffix(":instance-profile/") },
        "iam:ListOpenIDConnectProviders": { $0.hasSuffix(":oidc-provider/*") },
        "iam:ListSAMLProviders": { $0.hasSuffix(":saml-provider/*") },
        "iam:ListServerCertificates": { $0.hasSuffix(":server-certificate/") },
        // A deletion is told of by a task, whose role may be gone: where nothing is known of it, all roles are meant.
        "iam:GetServiceLinkedRoleDeletionStatus": { $0.hasSuffix(":role/") },
        "iam:ListVirtualMFADevices": { $0.hasSuffix(":mfa/") }, "iam:GetAccessKeyLastUsed": { $0 == "*" },
        // The API reference says that it is authorised on the retiring principal.
        "kms:ListRetirableGrants": { $0.hasSuffix(":user/sample") },
        // The reference knows it for roles alone; whoever vouches for a user by name asks about that user.
        "sts:TagSession": { $0.contains(":federated-user/") },
        // Refusals of AWS name a resource, for which the reference has none.
        "sts:GetWebIdentityToken": { $0.hasSuffix(":self") }, "sts:TagGetWebIdentityToken": { $0.hasSuffix(":self") },
        // Of a key that is being made nobody knows the name.
        "kms:TagResource": { $0 == "*" },
        // The path that holds all parameters has no name.
        "ssm:GetParametersByPath": { $0.hasSuffix(":parameter/") },
    ]

    /// Whether the key is of the call rather than of the action. What is asked besides taking on a role, or besides a token,
    /// is asked with the call's own keys: trust policies put those actions into one statement, under one condition. So it is
    /// with the tags of a key that is being made.
    /// - Source: IAM User Guide, "Pass session tags in AWS STS", its example policies.
    private static func isShared(_ action: Action, _ key: String) -> Bool {
        let besides = ["sts:TagSession", "sts:SetSourceIdentity", "sts:TagGetWebIdentityToken"]
        if action.description == "kms:TagResource" { return key == "kms:BypassPolicyLockoutSafetyCheck" }
        return besides.contains(action.description)
            && (key.lowercased().hasPrefix("sts:") || key.lowercased().hasPrefix("aws:requesttag/")
                || key.lowercased() == "aws:tagkeys")
    }

    /// Whether one of the action's resource types has such ARNs.
    private static func isKnown(
        _ resource: String, to action: ServiceAuthorization.Action, of service: ServiceAuthorization
    ) -> Bool {
        guard !action.resources.isEmpty else { return resource == "*" }
        return action.resources.contains { target in
            service.resourceType(target.type)?.arns.contains { fits(resource, $0) } ?? false
        }
    }

    /// The names of a template in `${}` stand for any text; parts of an ARN are compared one by one.
    private static func fits(_ resource: String, _ template: String) -> Bool {
        let parts = resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        let wanted = template.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, wanted.count == 6, parts[2] == wanted[2] else { return false }
        let fixed = wanted[5].prefix { $0 != "$" }
        return fixed.endIndex == wanted[5].endIndex
            ? parts[5] == fixed : parts[5].hasPrefix(fixed) && parts[5].count > fixed.count
    }
}
