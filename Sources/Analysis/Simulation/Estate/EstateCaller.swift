import AWS
public import Authorization

/// Somebody who may be asked about, with what bounds him.
public struct EstateCaller: Sendable, KnownKeys {
    /// As people know it.
    public let name: String
    /// As policies see the caller.
    public let subject: Subject
    let policies: PolicySet
    let context: RequestContext
    private let isKnownEntity: Bool
    private let absent: Set<ConditionKey>

    /// Why a name cannot be asked about.
    public struct Unknown: Error, CustomStringConvertible { public let description: String }

    /// By ARN, or by `user/NAME`, `role/NAME` or a name of the dump. `anonymous`, a service name and an account's root ARN are
    /// callers too.
    public init(_ text: String, in estate: Estate) throws {
        if let entity = try estate.entity(text) {
            self.init(entity, session: nil, in: estate)
            return
        }
        if text == "anonymous" {
            self.init(text, .anonymous, estate.policies(of: nil), [:], in: estate)
            return
        }
        if text.hasSuffix(".amazonaws.com"), !text.contains(":") {
            self.init(
                text, Subject(kind: .service, name: text), estate.policies(of: nil),
                ["aws:PrincipalServiceName": text, "aws:PrincipalIsAWSService": "true"], in: estate)
            return
        }
        guard let arn = ARN(text), let account = arn.accountID else {
            throw Unknown(description: "'\(text)' is neither in the dump nor an ARN of a user, role, session or root")
        }
        try self.init(arn, account, in: estate)
    }

    private init(_ arn: ARN, _ account: AccountID, in estate: Estate) throws {
        let text = arn.description
        let isManaging = account == estate.managementAccount
        let parts = arn.resource.split(separator: "/").map(String.init)
        let common = ["aws:PrincipalAccount": account.description]
        switch (arn.service, parts.first) {
        case ("iam", "root"):
            self.init(
                text, Subject(kind: .root, account: account, arn: text, isInManagementAccount: isManaging),
                estate.policies(of: nil),
                common.merging([
                    "aws:PrincipalArn": text, "aws:PrincipalType": "Account", "aws:userid": account.description,
                ]) { $1 },
                in: estate)
        case ("sts", "assumed-role") where parts.count == 3:
            let role = estate.dump.entities.first {
                $0.kind == .role && $0.account == account && $0.name == parts[1]
            }
            if let role {
                self.init(role, session: parts[2], in: estate)
                return
            }
            let roleARN = "arn:\(arn.partition):iam::\(account):role/\(parts[1])"
            self.init(
                text,
                Subject(
                    kind: .roleSession, account: account, arn: text, parentARN: roleARN,
                    isInManagementAccount: isManaging), estate.policies(of: nil),
                common.merging(["aws:PrincipalArn": roleARN, "aws:PrincipalType": "AssumedRole"]) { $1 }, in: estate)
        case ("iam", "user"?) where parts.count > 1, ("iam", "role"?) where parts.count > 1:
            let isUser = parts[0] == "user"
            var keys = ["aws:PrincipalArn": text, "aws:PrincipalType": isUser ? "User" : "AssumedRole"]
            if isUser { keys["aws:username"] = parts[parts.count - 1] }
            self.init(
                text,
                Subject(
                    kind: isUser ? .user : .role, account: account, arn: text, isInManagementAccount: isManaging),
                estate.policies(of: nil), common.merging(keys) { $1 }, in: estate)
        default:
            throw Unknown(description: "'\(text)' is no ARN of a user, role, session or root")
        }
    }

    init(_ entity: AccountDump.Entity, session: String?, in estate: Estate) {
        let account = entity.account
        let isManaging = account != nil && account == estate.managementAccount
        var keys = ["aws:PrincipalArn": entity.arn, "aws:PrincipalType": entity.kind == .user ? "User" : "AssumedRole"]
        keys["aws:PrincipalAccount"] = account?.description
        for tag in entity.tags { keys["aws:PrincipalTag/" + tag.key] = tag.value }
        let isServiceLinked = entity.arn.contains(":role/aws-service-role/")
        let subject: Subject
        if entity.kind == .user {
            keys["aws:username"] = entity.name
            if !entity.id.isEmpty { keys["aws:userid"] = entity.id }
            subject = Subject(
                kind: .user, account: account, arn: entity.arn, uniqueID: entity.id, isInManagementAccount: isManaging)
        } else if let session, let account {
            keys["aws:userid"] = "\(entity.id):\(session)"
            subject = Subject(
                kind: .roleSession, account: account,
                arn:
                    "arn:\(ARN(entity.arn)?.partition ?? "aws"):sts::\(account):assumed-role/\(entity.name)/\(session)",
                parentARN: entity.arn, parentID: entity.id, isServiceLinked: isServiceLinked,
                isInManagementAccount: isManaging)
        } else {
            subject = Subject(
                kind: .role, account: account, arn: entity.arn, uniqueID: entity.id, isServiceLinked: isServiceLinked,
                isInManagementAccount: isManaging)
        }
        self.init(subject.arn ?? entity.arn, subject, estate.policies(of: entity), keys, isKnown: true, in: estate)
    }

    init(
        _ name: String, _ subject: Subject, _ policies: PolicySet, _ keys: [String: String], isKnown: Bool = false,
        in estate: Estate
    ) {
        (self.name, self.subject, self.policies, isKnownEntity) = (name, subject, policies, isKnown)
        var context = RequestContext()
        // A direct call, over TLS, unless it is said otherwise.
        context.set("aws:SecureTransport", "true")
        context.set("aws:ViaAWSService", "false")
        context.set("aws:PrincipalIsAWSService", "false")
        for (key, value) in keys { context.set(key, value) }
        for (key, values) in estate.context {
            let isList = Estate.isMultivalued(key, values.count)
            context.set(ConditionKey(key), isList ? .multiple(values) : values.first.map { .single($0) })
        }
        for key in estate.absentKeys { context.set(key, nil) }
        self.context = context
        absent = estate.absentKeys
    }

    /// Keys of services calling for somebody are absent in a direct call; tags of a principal of the dump are all known.
    private static let onlyOfServices: Set<ConditionKey> = Set(
        [
            "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:SourceArn", "aws:SourceAccount",
            "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList",
        ].map(ConditionKey.init))

    public func knows(_ key: ConditionKey) -> Bool {
        if context.value(of: key) != nil || absent.contains(key) { return true }
        if subject.kind != .service, EstateCaller.onlyOfServices.contains(key) { return true }
        if key.description == "aws:username" { return subject.kind != .federatedUser }
        return isKnownEntity && key.description.hasPrefix("aws:principaltag/")
    }
}

extension Estate {
    /// The user or role of the dump that a text names; nil where it names none. Throws where it names several.
    func entity(_ text: String) throws -> AccountDump.Entity? {
        let found = dump.callers.filter { entity in
            entity.arn == text || entity.name == text || "\(entity.kind.rawValue)/\(entity.name)" == text
        }
        guard found.count <= 1 else {
            let names = found.map(\.arn).joined(separator: ", ")
            throw EstateCaller.Unknown(description: "'\(text)' may be \(names): give the ARN")
        }
        return found.first
    }
}
