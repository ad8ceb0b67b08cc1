import AWS
import Formats
import Simulation
import World

/// Makes the plan that re-creates MinIO's users, groups, policies and service accounts as IAM's.
///
/// A service account becomes a user of the path `/service-accounts/PARENT/` with its parent's policies, narrowed by a
/// permissions boundary where it had a policy of its own: the same rights, since both must allow.
struct MinIOPlan {
    private let export: MinIOExport
    private let account: AccountID
    /// Policies that have something to say here, with what they say.
    private var kept: [String: String] = [:]
    private(set) var plan = ImportPlan()

    init(_ export: MinIOExport, into account: AccountID, now: Instant) throws {
        (self.export, self.account) = (export, account)
        for policy in export.policies { try add(policy.name, policy.document) }
        noteMissingPolicies()
        for group in export.groups { add(group) }
        for user in export.users { add(user) }
        for service in export.serviceAccounts { try add(service, now) }
        if export.directoryMappings > 0 {
            plan.notes.append(
                "\(export.directoryMappings) policy mappings of users of an outside directory are left out: give their "
                    + "roles to an OpenID Connect or SAML provider")
        }
        plan.notes.append("secret keys are not taken over: --keys FILE makes new access keys and writes them there")
    }

    private mutating func add(_ name: String, _ document: [UInt8], description: String? = nil) throws {
        let narrowed = try MinIODocument(document)
        if narrowed.leftOut > 0 {
            plan.notes.append(
                "policy \(name): \(narrowed.leftOut) statements about MinIO's own administration are left out"
                    + (narrowed.text == nil ? ", which leaves nothing of it" : ""))
        }
        guard let text = narrowed.text else { return }
        kept[name] = text
        plan.steps.append(
            ImportStep(
                "CreatePolicy", "policy " + name, existing: .kept,
                inForce: PolicyInForce(arn: arn(name), document: text),
                [("PolicyName", name), ("PolicyDocument", text), ("Description", description)]))
    }

    /// There, a policy that is not there gives and takes nothing.
    private mutating func noteMissingPolicies() {
        let known = Set(export.policies.map(\.name))
        for (name, policies) in export.userPolicies + export.groupPolicies {
            for policy in policies where !known.contains(policy) {
                plan.notes.append("policy \(policy) of \(name) is left out: it is not in the export")
            }
        }
    }

    private func arn(_ policy: String) -> String { "arn:aws:iam::\(account):policy/\(policy)" }

    private mutating func add(_ group: MinIOExport.Group) {
        let subject = "group " + group.name
        let policies = group.isEnabled ? policies(of: group.name, in: export.groupPolicies) : []
        plan.steps.append(
            ImportStep("CreateGroup", subject, existing: .kept, [("GroupName", group.name)])
                .comparing(ImportComparison.policies(of: group.name, attached: policies.map(arn), inline: [])))
        guard group.isEnabled else {
            plan.notes.append("\(subject) is disabled there: it has no policies here")
            return
        }
        attach(policies, to: subject, "Group", group.name, needs: policies.map { "policy " + $0 })
    }

    /// Each step waits for all that the entity's rights are made of: where one cannot be had, none is given.
    private mutating func attach(
        _ policies: [String], to subject: String, _ kind: String, _ name: String, needs: [String]
    ) {
        for policy in policies {
            plan.steps.append(
                ImportStep(
                    "Attach\(kind)Policy", subject, needs: needs,
                    [(kind + "Name", name), ("PolicyArn", arn(policy))]))
        }
    }

    private mutating func add(_ user: MinIOExport.User) {
        plan.steps.append(
            ImportStep("CreateUser", "user " + user.name, existing: .kept, [("UserName", user.name)]))
        grant(user.name, what: user.name, boundary: nil)
        if !user.isEnabled { plan.notes.append("user \(user.name) is disabled there: a new key of it is inactive") }
        plan.keys.append(ImportPlan.WantedKey(user: user.name, former: user.name, isActive: user.isEnabled))
    }

    /// Gives a user the groups and policies that `origin` had, within a boundary of its own where there is one.
    ///
    /// What limits comes first, so that a refusal on the way leaves less than there was and never more.
    private mutating func grant(_ user: String, what origin: String, boundary: String?) {
        let subject = "user " + user
        let groups = export.groups.filter { $0.members.contains(origin) }.map(\.name)
        let policies = policies(of: origin, in: export.userPolicies)
        let needs =
            ([boundary].compactMap { $0 } + policies).map { "policy " + $0 } + groups.map { "group " + $0 }
        if let boundary {
            plan.steps.append(
                ImportStep(
                    "PutUserPermissionsBoundary", subject, needs: needs,
                    [("UserName", user), ("PermissionsBoundary", arn(boundary))]))
        }
        attach(policies.filter(mayDeny), to: subject, "User", user, needs: needs)
        for group in groups {
            plan.steps.append(
                ImportStep("AddUserToGroup", subject, needs: needs, [("UserName", user), ("GroupName", group)]))
        }
        attach(policies.filter { !mayDeny($0) }, to: subject, "User", user, needs: needs)
    }

    private func mayDeny(_ policy: String) -> Bool { kept[policy]?.utf8.mayDeny ?? true }

    /// Those that deny, or may, come first.
    private func policies(of name: String, in mappings: [(name: String, policies: [String])]) -> [String] {
        let policies = mappings.first { $0.name == name }?.policies.filter { kept[$0] != nil } ?? []
        return policies.filter(mayDeny) + policies.filter { !mayDeny($0) }
    }

    private mutating func add(_ service: MinIOExport.ServiceAccount, _ now: Instant) throws {
        let name = service.accessKey
        guard let parent = export.users.first(where: { $0.name == service.parent }) else {
            plan.notes.append(
                "service account \(name) is left out: its parent \(service.parent) is no user of the export")
            return
        }
        if let end = service.expiration {
            guard end > now else {
                plan.notes.append("service account \(name) is left out: it expired at \(end.iso8601)")
                return
            }
            plan.notes.append("service account \(name) ends at \(end.iso8601) there; an access key here does not end")
        }
        var boundary: String?
        if let policy = service.sessionPolicy {
            let title = "service-account-" + name
            try add(title, policy, description: service.description.isEmpty ? nil : service.description)
            guard kept[title] != nil else {
                plan.notes.append("service account \(name) is left out: its own policy has nothing to say here")
                return
            }
            boundary = title
        }
        plan.steps.append(
            ImportStep(
                "CreateUser", "user " + name, existing: .kept,
                [("UserName", name), ("Path", "/service-accounts/\(service.parent)/")]
            ).tagged(service.name.isEmpty ? [] : [("Name", service.name)])
                .comparing([boundary.map { .boundary(arn($0), of: name, "User") }].compactMap(\.self)))
        grant(name, what: service.parent, boundary: boundary)
        // There nothing is allowed to what belongs to a disabled user.
        plan.keys.append(
            ImportPlan.WantedKey(user: name, former: name, isActive: service.isEnabled && parent.isEnabled))
    }
}

/// A policy of MinIO without the statements that mean nothing to IAM: those whose actions are all of MinIO's own
/// administration (`admin:`, and `kms:` and `sts:` without a resource).
struct MinIODocument {
    /// Nil where nothing is left.
    let text: String?
    let leftOut: Int

    init(_ document: [UInt8]) throws {
        var reader = FieldReader(document)
        var (version, statements, count) = ("2012-10-17", [String](), 0)
        try reader.document { reader, field in
            switch field {
            case "Version": version = try reader.string()
            case "Statement":
                try reader.array { reader in
                    let statement = try reader.policy()
                    if try MinIODocument.isAdministration(statement) {
                        count += 1
                    } else {
                        statements.append(String(decoding: statement, as: UTF8.self))
                    }
                }
            default: return false
            }
            return true
        }
        leftOut = count
        text =
            statements.isEmpty
            ? nil : "{\"Version\":\"\(version)\",\"Statement\":[\(statements.joined(separator: ","))]}"
    }

    private static func isAdministration(_ statement: [UInt8]) throws -> Bool {
        var reader = FieldReader(statement)
        var (actions, hasResource) = ([String](), false)
        try reader.document { reader, field in
            switch field {
            case "Action": actions = try reader.scalars()
            case "Resource":
                hasResource = try !reader.scalars().isEmpty
            default: return false
            }
            return true
        }
        return !actions.isEmpty
            && actions.allSatisfy { action in
                action.hasPrefix("admin:") || !hasResource && (action.hasPrefix("kms:") || action.hasPrefix("sts:"))
            }
    }
}
