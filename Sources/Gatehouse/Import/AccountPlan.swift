import AWS
import Authorization
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
    /// The subjects of the policies and groups that entities have, by ARN and by name.
    private var policies: [String: String] = [:]
    private var groups: [String: String] = [:]

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
        for role in export.roles where serviceName(role) == nil { addRights(of: role, "Role") }
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
        let chosen = versions.firstIndex { $0.id == policy.defaultVersion || $0.isDefault }
        guard let first = versions.first, let chosen = chosen ?? (versions.count == 1 ? 0 : nil) else {
            plan.notes.append("\(subject) has no default version in the export, and is left out")
            return
        }
        let arn = rewritten(policy.arn)
        policies[arn] = subject
        plan.steps.append(
            ImportStep(
                "CreatePolicy", subject, existing: .kept,
                inForce: PolicyInForce(arn: arn, document: text(versions[chosen].document)),
                [
                    ("PolicyName", policy.name), ("Path", policy.path), ("PolicyDocument", text(first.document)),
                    ("Description", policy.description),
                ]
            ).tagged(policy.tags))
        for version in versions.dropFirst() {
            plan.steps.append(
                ImportStep(
                    "CreatePolicyVersion", subject, wantsNewSubject: true,
                    [("PolicyArn", arn), ("PolicyDocument", text(version.document))]))
        }
        guard chosen > 0 else { return }
        plan.steps.append(
            ImportStep(
                "SetDefaultPolicyVersion", subject, wantsNewSubject: true,
                [("PolicyArn", arn), ("VersionId", "v\(chosen + 1)")]))
    }

    private func number(_ version: String) -> Int { Int(version.dropFirst()) ?? 0 }

    private mutating func addGroup(_ group: AccountExport.Entity) {
        groups[group.name] = "group " + group.name
        plan.steps.append(
            ImportStep(
                "CreateGroup", "group " + group.name, existing: .kept,
                [("GroupName", group.name), ("Path", group.path)]
            ).comparing(
                comparisons(group, "Group")
                    + ImportComparison.policies(
                        of: group.name, attached: group.attached.map(rewritten), inline: group.inline.map(\.name))))
        addRights(of: group, "Group")
    }

    private mutating func addUser(_ user: AccountExport.Entity) {
        plan.steps.append(
            ImportStep(
                "CreateUser", "user " + user.name, existing: .kept,
                [("UserName", user.name), ("Path", user.path)]
            ).tagged(user.tags).comparing(comparisons(user, "User")))
        addRights(of: user, "User")
    }

    private mutating func addRole(_ role: AccountExport.Entity) {
        let subject = "role " + role.name
        if let service = serviceName(role) {
            plan.steps.append(
                ImportStep("CreateServiceLinkedRole", subject, existing: .kept, [("AWSServiceName", service)]))
            return
        }
        let trust = role.trust.map(text)
        let refusal = trust.flatMap { TrustControls.refusal(of: Array($0.utf8)) }
        plan.steps.append(
            ImportStep(
                "CreateRole", subject, existing: .kept, namesPrincipals: refusal == nil, refusal: refusal,
                [("RoleName", role.name), ("Path", role.path), ("AssumeRolePolicyDocument", trust)]
            ).tagged(role.tags).comparing(comparisons(role, "Role")))
        for profile in role.profiles {
            let subject = "instance profile " + profile.name
            plan.steps.append(
                ImportStep(
                    "CreateInstanceProfile", subject, existing: .kept, needs: ["role " + role.name],
                    [("InstanceProfileName", profile.name), ("Path", profile.path)]))
            plan.steps.append(
                ImportStep(
                    "AddRoleToInstanceProfile", subject, wantsNewSubject: true, needs: ["role " + role.name],
                    [("InstanceProfileName", profile.name), ("RoleName", role.name)]))
        }
    }

    /// The service whose own role it is: such a role is made by name, not copied.
    private func serviceName(_ role: AccountExport.Entity) -> String? {
        let parts = role.path.split(separator: "/")
        return parts.first == "aws-service-role" ? parts.dropFirst().first.map(String.init) : nil
    }

    /// The boundary, groups and policies of a `User`, `Group` or `Role`, each a step that waits for all that the others
    /// are made of: where one cannot be had, none is given.
    ///
    /// What limits comes first, so that a refusal on the way leaves less than there was and never more: the boundary, then
    /// what denies or may deny, then the groups, which may allow, then the rest; attached policies before inline ones.
    private mutating func addRights(of entity: AccountExport.Entity, _ kind: String) {
        let subject = kind.lowercased() + " " + entity.name
        let name: (String, String?) = (kind + "Name", entity.name)
        let attached = entity.attached.map { (arn: rewritten($0), mayDeny: mayDeny($0)) }
        let boundary = entity.boundary.map(rewritten)
        let parts = (attached.map(\.arn) + [boundary].compactMap { $0 }).map { policy($0) }
        let needs = parts + entity.groups.map { group($0) }
        func give(_ operation: String, _ parameters: [(String, String?)]) {
            plan.steps.append(ImportStep(operation, subject, needs: needs, parameters))
        }
        if let boundary { give("Put\(kind)PermissionsBoundary", [name, ("PermissionsBoundary", boundary)]) }
        for limits in [true, false] {
            if !limits { for group in entity.groups { give("AddUserToGroup", [name, ("GroupName", group)]) } }
            for policy in attached where policy.mayDeny == limits {
                give("Attach\(kind)Policy", [name, ("PolicyArn", policy.arn)])
            }
            for policy in entity.inline where policy.document.mayDeny == limits {
                give(
                    "Put\(kind)Policy",
                    [name, ("PolicyName", policy.name), ("PolicyDocument", text(policy.document))])
            }
        }
    }

    /// What of an entity that is there already must be as the export has it before it is given anything.
    private func comparisons(_ entity: AccountExport.Entity, _ kind: String) -> [ImportComparison] {
        [
            entity.trust.map { .trust(text($0), of: entity.name) },
            entity.boundary.map { .boundary(rewritten($0), of: entity.name, kind) },
        ].compactMap(\.self) + entity.inline.map { .inlinePolicy($0.name, of: entity.name, kind, text($0.document)) }
    }

    /// Whether a managed policy denies, as far as the export tells.
    private func mayDeny(_ arn: String) -> Bool {
        guard let policy = export.policies.first(where: { $0.arn == arn }), !policy.versions.isEmpty else {
            return true
        }
        return policy.versions.contains { $0.document.mayDeny }
    }

    /// The subject of a policy, by its ARN here: one that the plan makes, or one that has to be there, for which a step
    /// then asks.
    private mutating func policy(_ arn: String) -> String {
        if let subject = policies[arn] { return subject }
        let subject = "policy " + arn
        policies[arn] = subject
        plan.steps.append(ImportStep("GetPolicy", subject, [("PolicyArn", arn)]))
        return subject
    }

    /// The same of a group. The export gives it nothing.
    private mutating func group(_ name: String) -> String {
        if let subject = groups[name] { return subject }
        let subject = "group " + name
        groups[name] = subject
        plan.steps.append(
            ImportStep("GetGroup", subject, [("GroupName", name)])
                .comparing(ImportComparison.policies(of: name, attached: [], inline: [])))
        return subject
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
