/// How a resource policy, a grant or an ACL reaches the caller. Specification 5.2.
enum Reach {
    case exact, wild, parent, account
}

extension Caller {
    /// The ways in which a `Principal` element names this caller. Specification 2.3 and 5.2.
    func ways(_ principal: Tree) -> [Reach] {
        if let text = principal.string { return text == "*" ? [.wild] : [] }
        return principal.members.flatMap { kind, names in
            names.list.compactMap(\.string).flatMap { ways(kind, $0) }
        }
    }

    /// Whether this caller is listed by name: what spares it from a Deny with `NotPrincipal`. Specification 5.7, 12.6.
    func isListed(_ principal: Tree) -> Bool { ways(principal).contains(.exact) }

    private func ways(_ kind: String, _ name: String) -> [Reach] {
        switch kind {
        case "AWS": ways(named: name)
        case "Service": self.kind == .service && self.name?.isText(name) == true ? [.exact] : []
        case "Federated":
            (self.kind == .webIdentity || self.kind == .saml) && self.name?.isText(name) == true ? [.exact] : []
        default: []
        }
    }

    /// The ways of a name under `AWS`, of a grantee of a KMS grant, or of an account in an ACL.
    func ways(named name: String) -> [Reach] {
        if name == "*" { return [.wild] }
        guard isInAccount else { return [] }
        if isOwnAccount(name) { return [kind == .root ? .exact : .account] }
        if kind != .role, let arn, arn.isText(name) { return [.exact] }
        if let parent, parent.isText(name) { return [.parent] }
        return []
    }

    /// The account's number, or `arn:PARTITION:iam::ACCOUNT:root`. Specification 2.3.
    private func isOwnAccount(_ name: String) -> Bool {
        guard let account else { return false }
        if name.isText(account) { return true }
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        return parts.count == 6 && parts[0] == "arn" && parts[2] == "iam" && parts[3].isEmpty
            && parts[4].isText(account) && parts[5] == "root"
    }
}
