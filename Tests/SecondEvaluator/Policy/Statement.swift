/// Where a document is attached: what decides how its short ARNs are read, and whether it names principals.
enum Place {
    case identity, boundary, session, scp, rcp, endpoint, resource
}

/// A statement as it is stored.
struct Statement {
    let isDeny: Bool
    let hasVariables: Bool
    let principal: Tree?
    let notPrincipal: Tree?
    let actions: [String]?
    let notActions: [String]?
    let resources: [String]?
    let notResources: [String]?
    let conditions: [(operator: String, key: String, operands: [String])]

    init(_ tree: Tree, version: String?) {
        func texts(_ name: String) -> [String]? { tree[name].map { $0.list.compactMap(\.scalar) } }
        isDeny = tree["Effect"]?.string == "Deny"
        // Specification 2.1: an absent Version is 2008-10-17, which has no variables.
        hasVariables = version == "2012-10-17"
        principal = tree["Principal"]
        notPrincipal = tree["NotPrincipal"]
        actions = texts("Action")
        notActions = texts("NotAction")
        resources = texts("Resource")
        notResources = texts("NotResource")
        conditions = (tree["Condition"] ?? .null).members.flatMap { name, keys in
            keys.members.map { (name, $0.name, $0.value.list.compactMap(\.scalar)) }
        }
    }

    static func all(of document: Tree) -> [Statement] {
        (document["Statement"]?.list ?? []).map { Statement($0, version: document["Version"]?.string) }
    }

    /// Whether action, resource and conditions match. Specification 3.2 to 4.
    func covers(_ request: Request, in place: Place) -> Bool {
        coversAction(request) && coversResource(request, in: place)
            && conditions.allSatisfy {
                Condition($0.operator).holds($0.key, $0.operands, for: request, in: self)
            }
    }

    /// Specification 3.2.
    private func coversAction(_ request: Request) -> Bool {
        func matches(_ pattern: String) -> Bool {
            if pattern == "*" { return true }
            let wanted = pattern.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let asked = request.action.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return wanted.count == 2 && asked.count == 2
                && matchesIgnoringCase(String(wanted[0]), String(asked[0]))
                && matchesIgnoringCase(String(wanted[1]), String(asked[1]))
        }
        if let actions { return actions.contains(where: matches) }
        if let notActions { return !notActions.contains(where: matches) }
        return false
    }

    /// Specification 3.3. Role trust policies name no resource: the role is meant.
    private func coversResource(_ request: Request, in place: Place) -> Bool {
        func matches(_ pattern: String) -> Bool {
            matchesResource(pattern, request, in: place)
        }
        if let resources { return resources.contains(where: matches) }
        if let notResources { return !notResources.contains(where: matches) }
        return true
    }

    private func matchesResource(_ pattern: String, _ request: Request, in place: Place) -> Bool {
        if pattern == "*" { return true }
        if request.resource == "*" { return false }
        var wanted = parts(pattern.units, at: 0x3A, atMost: 6).map { String(decoding: $0, as: UTF16.self) }
        let asked = parts(request.resource.units, at: 0x3A, atMost: 6)
        guard asked.count == 6 else { return false }
        if wanted.count < 6 {
            let isMeant =
                switch place {
                case .identity, .session, .boundary: true
                case .resource, .endpoint: pattern.contains("*") || pattern.contains("?")
                case .scp: pattern.hasSuffix("*")
                case .rcp: false
                }
            guard isMeant else { return false }
            while wanted.count < 6 { wanted.append("*") }
        }
        // Variables stand in the resource part alone. Specification 3.4.
        guard let last = request.pattern(wanted[5], hasVariables: hasVariables, hasWildcards: true) else {
            return false
        }
        let patterns = wanted[..<5].map { wildcards($0) } + [last]
        return zip(patterns, asked).allSatisfy { SecondEvaluator.matches($0, $1) }
    }
}
