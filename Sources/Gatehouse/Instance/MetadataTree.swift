import Formats

/// What an instance's metadata service tells, by path.
/// - Source: EC2 User Guide, "Instance metadata categories". What this machine does not have is not there.
struct MetadataTree {
    private let link: InstanceLink
    /// `1.0` or `2.0`: keys say by which they came.
    private let version: String

    private static let roles = "iam/security-credentials"

    init(_ link: InstanceLink, version: String) { (self.link, self.version) = (link, version) }

    /// The text at a path behind `/latest/`, without slashes at its ends; nil where there is none.
    func text(_ path: String) async throws -> String? {
        switch path {
        case "": return "dynamic\nmeta-data"
        case "dynamic": return "instance-identity/"
        case "dynamic/instance-identity": return "document\npkcs7\nrsa2048\nsignature"
        case let path where path.hasPrefix("dynamic/instance-identity/"):
            let name = String(path.dropFirst("dynamic/instance-identity/".count))
            return ["document", "pkcs7", "rsa2048", "signature"].contains(name) ? link.facts[name] : nil
        case "meta-data": return try await top()
        case let path where path.hasPrefix("meta-data/"): return try await data(String(path.dropFirst(10)))
        default: return nil
        }
    }

    private func top() async throws -> String {
        var names = standing.map(\.name) + ["placement/", "services/"]
        if try await link.profile()?.role != nil { names.append("iam/") }
        return names.sorted().joined(separator: "\n")
    }

    /// What does not change.
    private var standing: [(name: String, value: String)] {
        [
            ("hostname", "localhost"), ("instance-id", link.id), ("instance-life-cycle", "on-demand"),
            ("instance-type", IdentityDocument.machineType), ("local-hostname", "localhost"),
            ("local-ipv4", "127.0.0.1"),
        ]
    }

    private func data(_ path: String) async throws -> String? {
        if let known = standing.first(where: { $0.name == path }) { return known.value }
        switch path {
        case "placement": return "availability-zone\nregion"
        case "placement/availability-zone": return link.facts["zone"]
        case "placement/region": return link.facts["region"]
        case "services": return "domain\npartition"
        case "services/domain": return "amazonaws.com"
        case "services/partition": return "aws"
        case "iam": return try await link.profile()?.role == nil ? nil : "info\nsecurity-credentials/"
        case "iam/info": return try await info()
        case MetadataTree.roles: return try await link.profile()?.role
        case let path where path.hasPrefix(MetadataTree.roles + "/"):
            return try await keys(of: String(path.dropFirst(MetadataTree.roles.count + 1)))
        default: return nil
        }
    }

    private func info() async throws -> String? {
        guard let profile = try await link.profile(), profile.role != nil else { return nil }
        return MetadataTree.object([
            ("Code", "Success"), ("LastUpdated", profile.now), ("InstanceProfileArn", profile.arn),
            ("InstanceProfileId", profile.id),
        ])
    }

    private func keys(of role: String) async throws -> String? {
        switch try await link.keys(version: version) {
        case .keys(let keys) where keys.roleName == role:
            return MetadataTree.object([
                ("Code", "Success"), ("LastUpdated", keys.updated), ("Type", "AWS-HMAC"),
                ("AccessKeyId", keys.accessKeyID), ("SecretAccessKey", keys.secretAccessKey), ("Token", keys.token),
                ("Expiration", keys.expires),
            ])
        case .refused(let name, let code, let message, let time) where name == role:
            return MetadataTree.object([("Code", code), ("Message", message), ("LastUpdated", time)])
        default: return nil
        }
    }

    /// A member on a line, as the service has it.
    private static func object(_ members: [(String, String)]) -> String {
        let lines = members.map { name, value in
            var json = JSONWriter()
            json.beginArray()
            json.string(value)
            json.endArray()
            return "  \"\(name)\" : " + String(decoding: json.bytes.dropFirst().dropLast(), as: UTF8.self)
        }
        return "{\n" + lines.joined(separator: ",\n") + "\n}"
    }
}
