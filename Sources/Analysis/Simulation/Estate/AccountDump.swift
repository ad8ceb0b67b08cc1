public import AWS
public import Authorization
import Catalogue
import Formats

/// Users, groups, roles and policies of accounts, as `aws iam get-account-authorization-details` prints them.
///
/// Documents may be objects, as the AWS CLI prints them, or percent-encoded text, as the API sends them. Pages and files of
/// several accounts add up.
public struct AccountDump: Sendable {
    /// One user, group or role as it stands in the dump.
    public struct Entity: Sendable {
        /// Groups cannot call, but their policies count for their users.
        public enum Kind: String, Sendable { case user, group, role }
        /// What it is.
        public let kind: Kind
        /// With its path.
        public fileprivate(set) var arn = ""
        /// Without its path.
        public fileprivate(set) var name = ""
        /// `AIDA…` and the like; may be empty.
        public fileprivate(set) var id = ""
        /// For `aws:PrincipalTag/…`.
        public fileprivate(set) var tags: [(key: String, value: String)] = []
        /// Of a role.
        public fileprivate(set) var trust: NamedPolicy?
        fileprivate(set) var inline: [NamedPolicy] = []
        fileprivate(set) var attached: [String] = []
        fileprivate(set) var groups: [String] = []
        fileprivate(set) var boundary: String?

        fileprivate init(kind: Kind) { self.kind = kind }

        /// Without anybody.
        public var account: AccountID? { ARN(arn)?.accountID }
    }

    /// In the order of the pages.
    public private(set) var entities: [Entity] = []
    /// Managed policies by ARN, in their default version.
    private var managed: [String: NamedPolicy] = [:]
    /// Pages that say that there are more, by account, with the marker of the next; without those whose end was read.
    private var cut: [(account: AccountID?, marker: String?)] = []
    /// Whose page is being read, as its first ARN says.
    private var pageAccount: AccountID?

    /// Nothing is known yet.
    public init() {}

    /// Users and roles: those who can call.
    public var callers: [Entity] { entities.filter { $0.kind != .group } }

    /// Reads one page. Throws where it is no such dump.
    public mutating func add(_ page: [UInt8]) throws {
        var reader = FieldReader(page)
        var read = self
        var isDump = false
        var (isTruncated, marker): (Bool, String?) = (false, nil)
        try reader.document { reader, name in
            switch name {
            case "UserDetailList": try read.readList(.user, &reader)
            case "GroupDetailList": try read.readList(.group, &reader)
            case "RoleDetailList": try read.readList(.role, &reader)
            case "Policies": try reader.array { reader in try read.readManaged(&reader) }
            case "IsTruncated":
                isTruncated = try reader.bool()
                return true
            case "Marker", "NextToken":
                marker = try reader.string()
                isTruncated = isTruncated || name == "NextToken"
                return true
            default: return false
            }
            isDump = true
            return true
        }
        guard isDump else {
            throw EstateCaller.Unknown(description: "this is no output of get-account-authorization-details")
        }
        let account = read.pageAccount
        if isTruncated {
            read.cut.append((account, marker))
        } else if let place = read.cut.lastIndex(where: { $0.account == account || account == nil }) {
            read.cut.remove(at: place)
        }
        read.pageAccount = nil
        self = read
    }

    /// Refuses pages without the one that ends them: who is missing would seem to have no rights.
    public func checkIsWhole() throws {
        guard let cut = cut.last else { return }
        let account = cut.account.map { " of account \($0)" } ?? ""
        let next = cut.marker.map { " It begins at the marker \($0)." } ?? ""
        throw EstateCaller.Unknown(
            description:
                "a page of get-account-authorization-details\(account) says that there are more (IsTruncated is"
                + " true), and no page that ends them was given.\(next) The AWS CLI prints all pages as one without"
                + " --max-items and --no-paginate.")
    }

    private mutating func readList(_ kind: Entity.Kind, _ reader: inout FieldReader) throws {
        try reader.array { reader in
            let entity = try Entity(kind, &reader)
            pageAccount = pageAccount ?? entity.account
            if !entities.contains(where: { $0.arn == entity.arn }) { entities.append(entity) }
        }
    }

    private mutating func readManaged(_ reader: inout FieldReader) throws {
        var (arn, name, chosen) = ("", "", "")
        var versions: [(id: String, isDefault: Bool, text: [UInt8])] = []
        try reader.object { reader, field in
            switch field {
            case "Arn": arn = try reader.string()
            case "PolicyName": name = try reader.string()
            case "DefaultVersionId": chosen = try reader.string()
            case "PolicyVersionList":
                try reader.array { reader in
                    var version = (id: "", isDefault: false, text: [UInt8]())
                    try reader.object { reader, field in
                        switch field {
                        case "VersionId": version.id = try reader.string()
                        case "IsDefaultVersion": version.isDefault = try reader.bool()
                        case "Document": version.text = try reader.decodedPolicy()
                        default: return false
                        }
                        return true
                    }
                    versions.append(version)
                }
            default: return false
            }
            return true
        }
        pageAccount = pageAccount ?? ARN(arn)?.accountID
        guard let version = versions.first(where: { $0.id == chosen || $0.isDefault }) else { return }
        managed[arn] = NamedPolicy(CompiledPolicy(stored: version.text, as: .managed), name: name, arn: arn)
    }

    /// The managed policy of that ARN: of the dump, or one that AWS publishes. One that is nowhere denies everything.
    public func managedPolicy(_ arn: String) -> NamedPolicy {
        if let policy = managed[arn] { return policy }
        let prefix = "arn:aws:iam::aws:policy/"
        if arn.hasPrefix(prefix), let found = ManagedPolicies.find(arn.dropFirst(prefix.count)) {
            return NamedPolicy(CompiledPolicy(stored: found.document, as: .managed), name: found.name, arn: arn)
        }
        return NamedPolicy(.broken(as: .managed), name: "\(arn) (not in the dump)", arn: arn)
    }

    /// The policies of an entity and, for a user, of its groups.
    public func policies(of entity: Entity) -> (identity: [NamedPolicy], boundary: NamedPolicy?) {
        let groups = entities.filter { group in
            group.kind == .group && group.account == entity.account && entity.groups.contains(group.name)
        }
        var identity: [NamedPolicy] = []
        for owner in [entity] + groups {
            identity += owner.inline
            for arn in owner.attached where !identity.contains(where: { $0.arn == arn }) {
                identity.append(managedPolicy(arn))
            }
        }
        return (identity, entity.boundary.map(managedPolicy))
    }

    /// The same dump with another text for one policy: a managed policy by ARN or name, an inline policy by its name or as
    /// `user/NAME/POLICY`. Nil where there is no such policy. Throws where the text is no policy of that kind.
    public func replacing(_ policy: String, with text: [UInt8]) throws -> AccountDump? {
        var changed = self
        var isFound = false
        func replaced(_ old: NamedPolicy, as kind: PolicyKind) throws -> NamedPolicy {
            isFound = true
            return NamedPolicy(try CompiledPolicy(readable: text, as: kind), name: old.name, arn: old.arn)
        }
        for (arn, old) in managed where arn == policy || old.name == policy {
            changed.managed[arn] = try replaced(old, as: .managed)
        }
        for index in entities.indices {
            let entity = entities[index]
            for (number, old) in entity.inline.enumerated() {
                let short = old.name.split(separator: "/").last.map(String.init)
                guard old.name == policy || short == policy else { continue }
                changed.entities[index].inline[number] = try replaced(old, as: .identity)
            }
            if entity.attached.contains(policy) || entity.boundary == policy, managed[policy] == nil {
                changed.managed[policy] = try replaced(managedPolicy(policy), as: .managed)
            }
        }
        return isFound ? changed : nil
    }
}

extension AccountDump.Entity {
    fileprivate init(_ kind: Kind, _ reader: inout FieldReader) throws {
        var entity = AccountDump.Entity(kind: kind)
        var documents: [(name: String, text: [UInt8])] = []
        var trust: [UInt8]?
        try reader.object { reader, field in
            switch field {
            case "Arn": entity.arn = try reader.string()
            case "UserName", "GroupName", "RoleName": entity.name = try reader.string()
            case "UserId", "GroupId", "RoleId": entity.id = try reader.string()
            case "UserPolicyList", "GroupPolicyList", "RolePolicyList": documents = try reader.inlinePolicies()
            case "AttachedManagedPolicies": entity.attached = try reader.texts(of: "PolicyArn")
            case "GroupList": entity.groups = try reader.scalars()
            case "AssumeRolePolicyDocument": trust = try reader.decodedPolicy()
            case "PermissionsBoundary": entity.boundary = try reader.text(of: "PermissionsBoundaryArn")
            case "Tags":
                try reader.array { reader in
                    var tag = (key: "", value: "")
                    try reader.object { reader, field in
                        switch field {
                        case "Key": tag.key = try reader.string()
                        case "Value": tag.value = try reader.string()
                        default: return false
                        }
                        return true
                    }
                    entity.tags.append(tag)
                }
            default: return false
            }
            return true
        }
        entity.inline = documents.map { document in
            NamedPolicy(
                CompiledPolicy(stored: document.text, as: .identity),
                name: "\(kind.rawValue)/\(entity.name)/\(document.name)")
        }
        entity.trust = trust.map {
            NamedPolicy(CompiledPolicy(stored: $0, as: .trust), name: "trust policy of \(entity.name)")
        }
        self = entity
    }
}

extension FieldReader {
    /// A document as the CLI or as the API prints it.
    public mutating func decodedPolicy() throws -> [UInt8] {
        let text = try policy()
        guard text.first == UInt8(ascii: "%"),
            let decoded = PercentEncoding.decode(String(decoding: text, as: UTF8.self))
        else { return text }
        return decoded
    }

    fileprivate mutating func inlinePolicies() throws -> [(name: String, text: [UInt8])] {
        var policies: [(name: String, text: [UInt8])] = []
        try array { reader in
            var policy = (name: "", text: [UInt8]())
            try reader.object { reader, field in
                switch field {
                case "PolicyName": policy.name = try reader.string()
                case "PolicyDocument": policy.text = try reader.decodedPolicy()
                default: return false
                }
                return true
            }
            policies.append(policy)
        }
        return policies
    }

    /// One text field of an object; nil where there is none of that name.
    public mutating func text(of name: String) throws -> String? {
        var value: String?
        try object { reader, field in
            guard field == name else { return false }
            value = try reader.string()
            return true
        }
        return value
    }

    /// One text field of each object of a list.
    public mutating func texts(of name: String) throws -> [String] {
        var values: [String] = []
        try array { reader in values += [try reader.text(of: name)].compactMap { $0 } }
        return values
    }
}
