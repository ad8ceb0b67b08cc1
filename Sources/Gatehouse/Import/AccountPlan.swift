import AWS
import Formats

/// Makes the plan that re-creates an account from its authorization details.
///
/// What the details do not hold cannot come along: passwords, keys, devices, and of roles the description and the longest
/// session.
struct AccountPlan {
    private let export: AccountExport
    /// The account that is written to, in place of the one that was exported.
    private let target: AccountID
    private let keepsAccountIDs: Bool
    private let sources: Set<String>
    private(set) var plan = ImportPlan()

    init(_ export: AccountExport, into target: AccountID, keepingAccountIDs: Bool) throws {
        (self.export, self.target, keepsAccountIDs) = (export, target, keepingAccountIDs)
        let arns = export.users.map(\.arn) + export.groups.map(\.arn) + export.roles.map(\.arn)
        sources = Set(arns.compactMap { ARN($0)?.accountID?.description })
        guard sources.count < 2 else {
            throw SetupError(
                "the export holds several accounts (\(sources.sorted().joined(separator: ", "))); import one at a time")
        }
        for policy in export.policies where !policy.arn.hasPrefix(AccountPlan.managedByAWS) { add(policy) }
        for group in export.groups { addGroup(group) }
        for user in export.users { addUser(user) }
        for role in export.roles { addRole(role) }
        for role in export.roles where serviceName(role) == nil { addContents(of: role, "Role") }
        if let source = sources.first, source != target.description, !keepsAccountIDs {
            plan.notes.append("account \(source) became \(target) in ARNs and documents; --keep-account-ids leaves it")
        }
        if !export.users.isEmpty {
            plan.notes.append("passwords, access keys and MFA devices are in no export: give the users new ones")
        }
        if !export.roles.isEmpty {
            plan.notes.append(
                "descriptions and longest sessions of roles are in no export: they are IAM's defaults now")
        }
    }

    private static let managedByAWS = "arn:aws:iam::aws:"

    private mutating func add(_ policy: AccountExport.Policy) {
        let versions = policy.versions.sorted { number($0.id) < number($1.id) }
        let subject = "policy " + policy.name
        guard let first = versions.first else {
            plan.notes.append("\(subject) has no version in the export, and is left out")
            return
        }
        plan.steps.append(
            ImportStep(
                "CreatePolicy", subject, existing: .kept,
                [
                    ("PolicyName", policy.name), ("Path", policy.path), ("PolicyDocument", text(first.document)),
                    ("Description", policy.description),
                ]
            ).tagged(policy.tags))
        let arn = rewritten(policy.arn)
        for version in versions.dropFirst() {
            plan.steps.append(
                ImportStep(
                    "CreatePolicyVersion", subject, wantsNewSubject: true,
                    [("PolicyArn", arn), ("PolicyDocument", text(version.document))]))
        }
        let chosen = versions.firstIndex { $0.id == policy.defaultVersion || $0.isDefault } ?? 0
        guard chosen > 0 else { return }
        plan.steps.append(
            ImportStep(
                "SetDefaultPolicyVersion", subject, wantsNewSubject: true,
                [("PolicyArn", arn), ("VersionId", "v\(chosen + 1)")]))
    }

    private func number(_ version: String) -> Int { Int(version.dropFirst()) ?? 0 }

    private mutating func addGroup(_ group: AccountExport.Entity) {
        plan.steps.append(
            ImportStep(
                "CreateGroup", "group " + group.name, existing: .kept,
                [("GroupName", group.name), ("Path", group.path)]))
        addContents(of: group, "Group")
    }

    private mutating func addUser(_ user: AccountExport.Entity) {
        let subject = "user " + user.name
        plan.steps.append(
            ImportStep(
                "CreateUser", subject, existing: .kept,
                [("UserName", user.name), ("Path", user.path)]
            ).tagged(user.tags))
        addBoundary(of: user, "User")
        for group in user.groups {
            plan.steps.append(
                ImportStep(
                    "AddUserToGroup", subject, needs: "group " + group,
                    [("UserName", user.name), ("GroupName", group)]))
        }
        addContents(of: user, "User")
    }

    private mutating func addRole(_ role: AccountExport.Entity) {
        let subject = "role " + role.name
        if let service = serviceName(role) {
            plan.steps.append(
                ImportStep("CreateServiceLinkedRole", subject, existing: .kept, [("AWSServiceName", service)]))
            return
        }
        plan.steps.append(
            ImportStep(
                "CreateRole", subject, existing: .kept, namesPrincipals: true,
                [("RoleName", role.name), ("Path", role.path), ("AssumeRolePolicyDocument", role.trust.map(text))]
            ).tagged(role.tags))
        addBoundary(of: role, "Role")
        for profile in role.profiles {
            let subject = "instance profile " + profile.name
            plan.steps.append(
                ImportStep(
                    "CreateInstanceProfile", subject, existing: .kept,
                    [("InstanceProfileName", profile.name), ("Path", profile.path)]))
            plan.steps.append(
                ImportStep(
                    "AddRoleToInstanceProfile", subject, wantsNewSubject: true, needs: "role " + role.name,
                    [("InstanceProfileName", profile.name), ("RoleName", role.name)]))
        }
    }

    /// The service whose own role it is: such a role is made by name, not copied.
    private func serviceName(_ role: AccountExport.Entity) -> String? {
        let parts = role.path.split(separator: "/")
        return parts.first == "aws-service-role" ? parts.dropFirst().first.map(String.init) : nil
    }

    /// A step of its own, before any policy is given: one that was there already gets the boundary too.
    private mutating func addBoundary(of entity: AccountExport.Entity, _ kind: String) {
        guard let boundary = entity.boundary else { return }
        plan.steps.append(
            ImportStep(
                "Put\(kind)PermissionsBoundary", kind.lowercased() + " " + entity.name,
                [(kind + "Name", entity.name), ("PermissionsBoundary", rewritten(boundary))]))
    }

    /// The inline and attached policies of a `User`, `Group` or `Role`.
    private mutating func addContents(of entity: AccountExport.Entity, _ kind: String) {
        let subject = kind.lowercased() + " " + entity.name
        // What denies comes first: where one of them is refused, nothing that allows is given.
        let denies = Array("\"Deny\"".utf8)
        for policy in entity.inline.filter({ $0.document.contains(denies) })
            + entity.inline.filter({ !$0.document.contains(denies) })
        {
            plan.steps.append(
                ImportStep(
                    "Put\(kind)Policy", subject,
                    [
                        (kind + "Name", entity.name), ("PolicyName", policy.name),
                        ("PolicyDocument", text(policy.document)),
                    ]))
        }
        for arn in entity.attached {
            plan.steps.append(
                ImportStep(
                    "Attach\(kind)Policy", subject, [(kind + "Name", entity.name), ("PolicyArn", rewritten(arn))]))
        }
    }

    private func text(_ document: [UInt8]) -> String { rewritten(String(decoding: document, as: UTF8.self)) }

    /// With this account's id where the exported account's stood: not within a longer number.
    private func rewritten(_ text: String) -> String {
        guard !keepsAccountIDs, let source = sources.first, source != target.description else { return text }
        var result = ""
        var rest = text[...]
        while let found = rest.firstRange(of: source) {
            let before = found.lowerBound == text.startIndex ? nil : text[text.index(before: found.lowerBound)]
            let after = found.upperBound == text.endIndex ? nil : text[found.upperBound]
            let isWhole = before?.isNumber != true && after?.isNumber != true
            result += rest[..<found.lowerBound] + (isWhole ? target.description : source)
            rest = rest[found.upperBound...]
        }
        return result + rest
    }
}
