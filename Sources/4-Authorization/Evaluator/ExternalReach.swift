import Formats

/// Somebody outside the account of a resource whom the resource itself lets do something.
///
/// What identities outside may do by their own policies is not known and not asked, nor are services of AWS told of.
/// Where a statement cannot be judged for certain it counts as letting in.
/// - Source: IAM User Guide, "How IAM Access Analyzer findings work".
public struct ExternalReach: Sendable, Hashable {
    /// Whom a statement names.
    public enum Principal: Sendable, Hashable {
        case everyone
        /// By its twelve digits.
        case account(String)
        /// A user, a role or a session, by its ARN.
        case identity(String)
        case federated(String)
        case canonicalUser(String)
    }
    /// Where the access leads through.
    public enum Door: Sendable, Hashable {
        case direct
        /// Only through access points of the owner's account, whose policies then decide.
        case ownPoints
        /// Only through access points of another account, which decides.
        case points(of: String)
    }

    /// Who is let in.
    public let principal: Principal
    /// As the statement has them; all of the service for a NotAction.
    public let actions: [String]
    /// What it asks of callers that they cannot choose themselves.
    public let condition: [String: String]
    /// Whether everybody is.
    public let isPublic: Bool
    /// How he gets there.
    public let door: Door

    /// What no policy says: a grant, or an access control list.
    public init(
        _ principal: Principal, actions: [String], condition: [String: String] = [:], isPublic: Bool = false,
        door: Door = .direct
    ) {
        (self.principal, self.actions, self.condition) = (principal, actions, condition)
        (self.isPublic, self.door) = (isPublic, door)
    }

    /// Whom outside `account` the policy of a resource there lets in, statement by statement. A broken policy nobody.
    public static func all(of policy: CompiledPolicy, ownedBy account: String) -> [ExternalReach] {
        guard !policy.isBroken else { return [] }
        let statements = policy.document.statements
        var denials = OutsiderDenials(statements, account)
        var (found, known): ([ExternalReach], Set<ExternalReach>) = ([], [])
        for statement in statements where statement.effect == "Allow" {
            let conditions = OutsiderConditions(statement, account)
            guard !conditions.confine else { continue }
            let isPublic = PublicAccess.isPublic(statement) && !conditions.nameAccounts
            let actions = distinct(statement.action ?? [allActions(policy.kind)])
            let denied = denials.covering(actions, as: statement)
            for principal in distinct(principals(of: statement, outside: account)) {
                let left = actions.filter { !(denied[$0]?.holds(for: principal) ?? false) }
                guard !left.isEmpty else { continue }
                for door in conditions.doors {
                    let reach = ExternalReach(
                        principal, actions: left, condition: conditions.shown,
                        isPublic: isPublic && conditions.leaveOpen(principal), door: door)
                    if known.insert(reach).inserted { found.append(reach) }
                }
            }
        }
        return found
    }

    /// Whether findings may tell of a condition key.
    public static func tells(ofKey key: String) -> Bool { OutsiderConditions.isShown(ConditionKey(key).description) }

    private static func distinct<Element: Hashable>(_ all: [Element]) -> [Element] {
        var known: Set<Element> = []
        return all.filter { known.insert($0).inserted }
    }

    private static func allActions(_ kind: PolicyKind) -> String {
        switch kind {
        case .resource(let service): service + ":*"
        case .trust: "sts:*"
        case .keyPolicy: "kms:*"
        default: "*"
        }
    }

    private static func principals(of statement: PolicyStatement, outside account: String) -> [Principal] {
        // Whoever is not excepted is let in.
        guard let element = statement.principal, statement.notPrincipal == nil else { return [.everyone] }
        if element.isBareStar { return [.everyone] }
        return element.mentions.compactMap { Principal($0, outside: account) }
    }

    /// Who is let in by both; nil where nobody is.
    public func common(_ other: ExternalReach) -> Principal? {
        if principal.covers(other.principal) { return other.principal }
        return other.principal.covers(principal) ? principal : nil
    }
}

extension ExternalReach.Principal {
    /// Nil for those of the account itself, for services of AWS, and for who was deleted.
    init?(_ mention: PrincipalElement.Mention, outside account: String) {
        switch mention.kind {
        case .service: return nil
        case .federated: self = .federated(mention.value)
        case .canonicalUser: self = .canonicalUser(mention.value)
        case .aws:
            switch PrincipalPattern(mention) {
            case .everyone: self = .everyone
            case .account(let number): self = .account(number)
            case .arn(let arn): self = .identity(arn)
            default: return nil
            }
        }
        if self.account == account { return nil }
    }

    /// Nil where it is of none, or of nobody knows which.
    var account: String? {
        switch self {
        case .account(let number): number
        case .identity(let arn): OutsiderConditions.account(ofARN: arn)
        case .everyone, .federated, .canonicalUser: nil
        }
    }

    func covers(_ other: ExternalReach.Principal) -> Bool {
        if self == .everyone || self == other { return true }
        switch (self, other) {
        case (.account(let number), _): return other.account == number
        case (.identity(let role), .identity(let session)):
            return OutsiderConditions.session(session).map { $0 == OutsiderConditions.role(role) } ?? false
        default: return false
        }
    }

    /// Whether calls of theirs are always signed: keys about signed callers are there.
    var isSigned: Bool {
        switch self {
        case .account, .identity: true
        case .everyone, .federated, .canonicalUser: false
        }
    }
}
