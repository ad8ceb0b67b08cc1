import Simulation
import World

/// What `mc admin cluster iam export` writes: one JSON file a kind, in a ZIP archive.
///
/// - Source: MinIO's admin API, ExportIAM; checked against archives' file and member names, not against a server.
struct MinIOExport {
    struct User { let name: String; let isEnabled: Bool }
    struct Group {
        var (name, isEnabled) = ("", true)
        var members: [String] = []
    }
    struct ServiceAccount {
        var (accessKey, parent, name, description) = ("", "", "", "")
        var isEnabled = true
        var sessionPolicy: [UInt8]?
        /// Nil where it never ends.
        var expiration: Instant?
    }

    private(set) var policies: [(name: String, document: [UInt8])] = []
    private(set) var users: [User] = []
    private(set) var groups: [Group] = []
    private(set) var serviceAccounts: [ServiceAccount] = []
    /// Policy names by user and by group.
    private(set) var userPolicies: [(name: String, policies: [String])] = []
    private(set) var groupPolicies: [(name: String, policies: [String])] = []
    /// How many mappings of users of an outside directory there are.
    private(set) var directoryMappings = 0

    init(_ archive: borrowing ZipArchive) throws {
        var isExport = false
        for (name, read) in MinIOExport.files {
            guard let bytes = try archive.entry(name) else { continue }
            isExport = true
            do {
                var (reader, export) = (FieldReader(bytes), self)
                try reader.document { reader, key in
                    try read(&export, key, &reader)
                    return true
                }
                self = export
            } catch { throw SetupError("\(name): \(error)") }
        }
        guard isExport else { throw SetupError("it is an archive, but none of mc admin cluster iam export") }
    }

    private typealias Read = (inout MinIOExport, String, inout FieldReader) throws -> Void

    /// What reads one entry of each file. Each is an object of entries by name.
    private static var files: [(name: String, read: Read)] {
        [
            ("policies.json", { export, name, reader in export.policies.append((name, try reader.policy())) }),
            (
                "users.json",
                { export, name, reader in
                    let status = try reader.text(of: "status")
                    export.users.append(User(name: name, isEnabled: isEnabled(status)))
                }
            ),
            ("groups.json", { export, name, reader in export.groups.append(try group(name, &reader)) }),
            (
                "svcaccts.json",
                { export, key, reader in
                    export.serviceAccounts.append(try serviceAccount(key, &reader))
                }
            ),
            (
                "user_mappings.json",
                { export, name, reader in
                    export.userPolicies.append((name, try mapped(&reader)))
                }
            ),
            (
                "group_mappings.json",
                { export, name, reader in
                    export.groupPolicies.append((name, try mapped(&reader)))
                }
            ),
            (
                "stsuser_mappings.json",
                { export, _, reader in
                    try reader.skip()
                    export.directoryMappings += 1
                }
            ),
        ]
    }

    private static func isEnabled(_ status: String?) -> Bool { status == "enabled" || status == "on" }

    private static func mapped(_ reader: inout FieldReader) throws -> [String] {
        let text = try reader.text(of: "policy") ?? ""
        return text.split(separator: ",").map { $0.trimmingPrefix(" ") }.filter { !$0.isEmpty }.map(String.init)
    }

    private static func group(_ name: String, _ reader: inout FieldReader) throws -> Group {
        var group = Group()
        group.name = name
        try reader.object { reader, field in
            switch field {
            case "status": group.isEnabled = isEnabled(try reader.string())
            case "members": group.members = try reader.scalars()
            default: return false
            }
            return true
        }
        return group
    }

    private static func serviceAccount(_ key: String, _ reader: inout FieldReader) throws -> ServiceAccount {
        var account = ServiceAccount()
        account.accessKey = key
        try reader.object { reader, field in
            switch field {
            case "parent": account.parent = try reader.string()
            case "name": account.name = try reader.string()
            case "description": account.description = try reader.string()
            case "status": account.isEnabled = isEnabled(try reader.string())
            case "sessionPolicy": account.sessionPolicy = try reader.policy()
            case "expiration":
                // The origin writes a time long gone where there is none.
                if let time = Instant(iso8601: try reader.string()), time.milliseconds > 0 { account.expiration = time }
            default: return false
            }
            return true
        }
        return account
    }
}
