import AWS

/// The kinds of thing IAM names, with the words AWS uses for them.
/// - Source: IAM User Guide, "IAM identifiers", unique id prefixes.
enum EntityKind: String, Sendable {
    case user, group, role, policy
    case serverCertificate = "server-certificate"
    case instanceProfile = "instance-profile"

    var idPrefix: String {
        switch self {
        case .user: "AIDA"
        case .group: "AGPA"
        case .role: "AROA"
        case .policy: "ANPA"
        case .serverCertificate: "ASCA"
        case .instanceProfile: "AIPA"
        }
    }

    /// `path` begins and ends with `/`.
    func arn(_ account: AccountID, path: String = "/", name: String) -> String {
        "arn:aws:iam::\(account):\(rawValue)\(path)\(name)"
    }

    private var words: String { rawValue.split(separator: "-").joined(separator: " ") }
    /// The kind as names of operations have it, such as `TagServerCertificate`.
    var operationName: String {
        rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// How denials name an entity that is called by its name.
    func title(_ name: String) -> String { words + " " + name }
    /// What a caller who may know is told of a name that nobody has.
    func missing(_ name: String) -> String {
        switch self {
        case .instanceProfile: "Instance Profile \(name) cannot be found."
        case .serverCertificate: "The Server Certificate with name \(name) cannot be found."
        default: "The \(rawValue) with name \(name) cannot be found."
        }
    }
    func exists(_ name: String) -> String {
        switch self {
        case .instanceProfile: "Instance Profile \(name) already exists."
        case .serverCertificate: "The Server Certificate with name \(name) already exists."
        default: "\(operationName) with name \(name) already exists."
        }
    }
}
