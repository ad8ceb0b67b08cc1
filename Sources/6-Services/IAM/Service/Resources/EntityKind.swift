import AWS

/// The kinds of thing IAM names, with the words AWS uses for them.
/// - Source: IAM User Guide, "IAM identifiers", unique id prefixes.
enum EntityKind: String, Sendable {
    case user, group, role, policy
    case serverCertificate = "server-certificate"

    var idPrefix: String {
        switch self {
        case .user: "AIDA"
        case .group: "AGPA"
        case .role: "AROA"
        case .policy: "ANPA"
        case .serverCertificate: "ASCA"
        }
    }

    /// `path` begins and ends with `/`.
    func arn(_ account: AccountID, path: String = "/", name: String) -> String {
        "arn:aws:iam::\(account):\(rawValue)\(path)\(name)"
    }

    private var words: String { self == .serverCertificate ? "server certificate" : rawValue }
    /// The kind as names of operations have it, such as `TagServerCertificate`.
    var operationName: String {
        self == .serverCertificate ? "ServerCertificate" : rawValue.prefix(1).uppercased() + rawValue.dropFirst()
    }

    /// How denials name an entity that is called by its name.
    func title(_ name: String) -> String { words + " " + name }
    /// What a caller who may know is told of a name that nobody has.
    func missing(_ name: String) -> String {
        "The \(self == .serverCertificate ? "Server Certificate" : rawValue) with name \(name) cannot be found."
    }
    func exists(_ name: String) -> String {
        self == .serverCertificate
            ? "The Server Certificate with name \(name) already exists."
            : "\(operationName) with name \(name) already exists."
    }
}
