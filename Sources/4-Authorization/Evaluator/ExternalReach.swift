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
        let denials = statements.filter { $0.effect == "Deny" && OutsiderConditions($0, account).holdForOutsiders }
        var found: [ExternalReach] = []
        for statement in statements where statement.effect == "Allow" {
            let conditions = OutsiderConditions(statement, account)
            guard !conditions.confine else { continue }
            let isPublic = PublicAccess.isPublic(statement) && !conditions.nameAccounts
            for principal in principals(of: statement, outside: account) {
                let actions = (statement.action ?? [allActions(policy.kind)]).filter { action in
                    !denials.contains { $0.denies(action, statement, to: principal, account) }
                }
                guard !actions.isEmpty else { continue }
                let reach = ExternalReach(
                    principal, actions: actions, condition: conditions.shown,
                    isPublic: isPublic && conditions.leaveOpen(principal), door: conditions.door)
                if !found.contains(reach) { found.append(reach) }
            }
        }
        return found
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

    /// Whether what this says of somebody is true of the other too.
    public func covers(_ other: Principal) -> Bool { principal.covers(other) }
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
        guard case .account(let number) = self else { return false }
        return other.account == number
    }
}

extension PolicyStatement {
    /// Whether this denial takes all of an action away from somebody outside, as an allowing statement gives it.
    fileprivate func denies(
        _ action: String, _ allowed: PolicyStatement, to principal: ExternalReach.Principal, _ account: String
    ) -> Bool {
        guard let denied = self.action, PolicyStatement.covers(denied, action, ignoringCase: true) else { return false }
        if let element = notPrincipal {
            // All but some of the account's own.
            guard !element.isBareStar,
                element.mentions.allSatisfy({ ExternalReach.Principal($0, outside: account) == nil })
            else { return false }
        } else {
            guard let element = self.principal else { return false }
            let isMeant =
                element.isBareStar
                || element.mentions.contains {
                    ExternalReach.Principal($0, outside: account)?.covers(principal) ?? false
                }
            guard isMeant else { return false }
        }
        guard notResource == nil else { return false }
        // Trust policies have no resources.
        guard let resources = resource else { return true }
        guard let wanted = allowed.resource, allowed.notResource == nil else { return resources.contains("*") }
        return wanted.allSatisfy { PolicyStatement.covers(resources, $0, ignoringCase: false) }
    }

    /// Whether one of the patterns takes in all that another matches. A `?` is not looked into.
    private static func covers(_ patterns: [String], _ other: String, ignoringCase: Bool) -> Bool {
        patterns.contains { pattern in
            guard !pattern.utf8.contains(UInt8(ascii: "?")), pattern.firstRange(of: "${") == nil else { return false }
            let (pattern, other) =
                ignoringCase ? (ASCII.lowercased(pattern), ASCII.lowercased(other)) : (pattern, other)
            return Glob(pattern.utf8).matches(other)
        }
    }
}
