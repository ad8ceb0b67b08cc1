import Formats
import Simulation

/// Everything in the output of `aws iam get-account-authorization-details`, with its documents as they stand.
///
/// - Source: IAM API Reference, "GetAccountAuthorizationDetails". Several pages or files add up.
struct AccountExport {
    typealias Tag = (key: String, value: String)
    typealias Inline = (name: String, document: [UInt8])

    struct Entity {
        var (arn, name, path) = ("", "", "/")
        var inline: [Inline] = []
        var attached: [String] = []
        var groups: [String] = []
        var boundary: String?
        var tags: [Tag] = []
        var trust: [UInt8]?
        /// Of a role: its instance profiles, by name and path.
        var profiles: [(name: String, path: String)] = []
    }

    struct Policy {
        var (arn, name, path) = ("", "", "/")
        var description: String?
        var tags: [Tag] = []
        var versions: [(id: String, isDefault: Bool, document: [UInt8])] = []
        var defaultVersion = ""
    }

    private(set) var users: [Entity] = []
    private(set) var groups: [Entity] = []
    private(set) var roles: [Entity] = []
    private(set) var policies: [Policy] = []
    private(set) var isTruncated = false

    /// Reads one page. Throws where it is no such output.
    mutating func add(_ page: [UInt8]) throws {
        var reader = FieldReader(page)
        var (read, isExport) = (self, false)
        read.isTruncated = false
        try reader.document { reader, name in
            switch name {
            case "UserDetailList": try reader.array { reader in read.users.append(try Entity(&reader)) }
            case "GroupDetailList": try reader.array { reader in read.groups.append(try Entity(&reader)) }
            case "RoleDetailList": try reader.array { reader in read.roles.append(try Entity(&reader)) }
            case "Policies": try reader.array { reader in read.policies.append(try Policy(&reader)) }
            case "IsTruncated": read.isTruncated = try reader.bool()
            default: return false
            }
            isExport = true
            return true
        }
        guard isExport else { throw SetupError("it is no output of get-account-authorization-details") }
        self = read
    }
}

extension AccountExport.Entity {
    fileprivate init(_ reader: inout FieldReader) throws {
        var entity = AccountExport.Entity()
        try reader.object { reader, field in
            switch field {
            case "Arn": entity.arn = try reader.string()
            case "UserName", "GroupName", "RoleName": entity.name = try reader.string()
            case "Path": entity.path = try reader.string()
            case "UserPolicyList", "GroupPolicyList", "RolePolicyList": entity.inline = try reader.inlineDocuments()
            case "AttachedManagedPolicies": entity.attached = try reader.texts(of: "PolicyArn")
            case "GroupList": entity.groups = try reader.scalars()
            case "AssumeRolePolicyDocument": entity.trust = try reader.decodedPolicy()
            case "PermissionsBoundary": entity.boundary = try reader.text(of: "PermissionsBoundaryArn")
            case "Tags": entity.tags = try reader.tags()
            case "InstanceProfileList":
                try reader.array { reader in
                    var profile = (name: "", path: "/")
                    try reader.object { reader, field in
                        switch field {
                        case "InstanceProfileName": profile.name = try reader.string()
                        case "Path": profile.path = try reader.string()
                        default: return false
                        }
                        return true
                    }
                    entity.profiles.append(profile)
                }
            default: return false
            }
            return true
        }
        self = entity
    }
}

extension AccountExport.Policy {
    fileprivate init(_ reader: inout FieldReader) throws {
        var policy = AccountExport.Policy()
        try reader.object { reader, field in
            switch field {
            case "Arn": policy.arn = try reader.string()
            case "PolicyName": policy.name = try reader.string()
            case "Path": policy.path = try reader.string()
            case "Description": policy.description = try reader.string()
            case "DefaultVersionId": policy.defaultVersion = try reader.string()
            case "Tags": policy.tags = try reader.tags()
            case "PolicyVersionList":
                try reader.array { reader in
                    var version = (id: "", isDefault: false, document: [UInt8]())
                    try reader.object { reader, field in
                        switch field {
                        case "VersionId": version.id = try reader.string()
                        case "IsDefaultVersion": version.isDefault = try reader.bool()
                        case "Document": version.document = try reader.decodedPolicy()
                        default: return false
                        }
                        return true
                    }
                    policy.versions.append(version)
                }
            default: return false
            }
            return true
        }
        self = policy
    }
}

extension FieldReader {
    fileprivate mutating func tags() throws -> [AccountExport.Tag] {
        var tags: [AccountExport.Tag] = []
        try array { reader in
            var tag = (key: "", value: "")
            try reader.object { reader, field in
                switch field {
                case "Key": tag.key = try reader.string()
                case "Value": tag.value = try reader.string()
                default: return false
                }
                return true
            }
            tags.append(tag)
        }
        return tags
    }

    fileprivate mutating func inlineDocuments() throws -> [AccountExport.Inline] {
        var policies: [AccountExport.Inline] = []
        try array { reader in
            var policy = (name: "", document: [UInt8]())
            try reader.object { reader, field in
                switch field {
                case "PolicyName": policy.name = try reader.string()
                case "PolicyDocument": policy.document = try reader.decodedPolicy()
                default: return false
                }
                return true
            }
            policies.append(policy)
        }
        return policies
    }
}
