import AWS

/// By what name a resource policy reaches a caller. A statement that lists several may reach in several ways.
struct Reach: OptionSet, Sendable {
    let rawValue: UInt8
    /// The caller's account: delegates to that account's identity policies, and grants nothing alone.
    static let account = Reach(rawValue: 1)
    /// The role of a session, or the issuer of a federated user.
    static let parent = Reach(rawValue: 2)
    /// The caller itself; for root, its account.
    static let exact = Reach(rawValue: 4)
    /// Everyone.
    static let wild = Reach(rawValue: 8)
    static let direct: Reach = [.exact, .wild]

    /// How much the reach is worth, for telling which statement allowed.
    var rank: Int { isDisjoint(with: .direct) ? (contains(.parent) ? 2 : isEmpty ? 0 : 1) : Reach.highestRank }
    static let highestRank = 3
}

extension PrincipalPattern {
    func reach(_ subject: Subject) -> Reach {
        switch self {
        case .everyone: return .wild
        case .account(let account):
            guard subject.isAccountIdentity, subject.account?.description == account else { return [] }
            return subject.isRoot ? .exact : .account
        case .arn(let arn):
            guard subject.isAccountIdentity else { return [] }
            if subject.parentARN == arn { return .parent }
            guard subject.arn == arn else { return [] }
            return subject.kind == .role ? .parent : .exact
        case .uniqueID(let id):
            if subject.uniqueID == id { return .exact }
            return subject.parentID == id ? .parent : []
        case .service(let name): return subject.kind == .service && subject.name == name ? .exact : []
        case .federated(let provider):
            return (subject.kind == .webIdentity || subject.kind == .saml) && subject.name == provider ? .exact : []
        case .canonicalUser: return []
        }
    }
}

extension CompiledStatement {
    /// How the statement's principals reach the caller; empty if they do not.
    ///
    /// NotPrincipal spares only a caller that is listed itself, and never one with a permissions boundary. With Allow
    /// it reaches nobody.
    ///
    /// A role lets those in for whom a provider vouches by the provider's name alone: what a trust policy allows everyone it
    /// does not allow them. What it denies everyone it denies them too.
    /// - Source: measured by radkawar/stackd, `internal/services/sts/testdata/saml_trust_aws.json`, commit 9dc356f.
    func reach(_ subject: Subject, hasBoundary: Bool) -> Reach {
        guard let principals else { return .wild }
        var reach: Reach = []
        for principal in principals { reach.formUnion(principal.reach(subject)) }
        if isTrust, !isDeny, subject.isBearer { reach.remove(.wild) }
        guard isNotPrincipal else { return reach }
        guard isDeny else { return [] }
        return !hasBoundary && !reach.isDisjoint(with: .direct) ? [] : .wild
    }
}
