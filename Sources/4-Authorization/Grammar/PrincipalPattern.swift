/// One principal that a resource policy names.
enum PrincipalPattern: Sendable, Hashable {
    case everyone
    /// An account, by its number or its root ARN.
    case account(String)
    /// A user, role, role session or federated user, by ARN.
    case arn(String)
    /// A user or role, by the id that IAM stores (`AIDA…`, `AROA…`).
    case uniqueID(String)
    case service(String)
    case federated(String)
    /// An account, by the id that S3 gives it. It reaches nobody: a policy that is stored names the account instead.
    case canonicalUser(String)

    init(_ mention: PrincipalElement.Mention) {
        switch mention.kind {
        case .service: self = .service(mention.value)
        case .federated: self = .federated(mention.value)
        case .canonicalUser: self = .canonicalUser(mention.value)
        case .aws: self = PrincipalPattern(aws: mention.value)
        }
    }

    init(aws value: String) {
        if value == "*" {
            self = .everyone
        } else if let account = PrincipalPattern.account(in: value) {
            self = .account(account)
        } else if value.utf8.contains(UInt8(ascii: ":")) {
            self = .arn(value)
        } else {
            self = .uniqueID(value)
        }
    }

    /// The account of `111122223333` or `arn:P:iam::111122223333:root`.
    private static func account(in value: String) -> String? {
        if PrincipalPattern.isAccount(value[...].utf8) { return value }
        let parts = value.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].elementsEqual("arn".utf8), parts[2].elementsEqual("iam".utf8),
            parts[3].isEmpty,
            parts[5].elementsEqual("root".utf8), PrincipalPattern.isAccount(parts[4])
        else { return nil }
        return String(Substring(parts[4]))
    }

    static func isAccount(_ text: Substring.UTF8View) -> Bool {
        text.count == 12 && text.allSatisfy { (0x30...0x39).contains($0) }
    }
}
