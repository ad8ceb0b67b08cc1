extension Tree {
    /// A smaller vector of which `isWanted` still holds: policies, statements, conditions, operands and context keys are
    /// left out, one after another, as long as one can be spared. Documents stay well-formed.
    public func minimised(while isWanted: (Tree) -> Bool) -> Tree {
        var best = self
        var found = true
        while found {
            found = false
            for smaller in best.reductions() where isWanted(smaller) {
                best = smaller
                found = true
                break
            }
        }
        return best
    }

    private func reductions() -> [Tree] {
        guard let request = self["request"], let policies = self["policies"] else { return [] }
        var all: [Tree] = []
        for member in policies.members {
            switch (member.name, member.value) {
            case ("resourceKind", _), (_, .null): continue
            case ("identity", .array(let documents)):
                all += Tree.shorter(documents).map { with("policies", policies.with("identity", .array($0))) }
            default: all.append(with("policies", policies.with(member.name, .null)))
            }
            all += member.value.smaller(member.name).map { with("policies", policies.with(member.name, $0)) }
        }
        for member in request.members
        where !["principal", "action", "resource", "resourceAccount", "context"].contains(member.name) {
            all.append(with("request", request.with(member.name, nil)))
        }
        let context = request["context"]?.members ?? []
        for index in context.indices {
            var kept = context
            kept.remove(at: index)
            all.append(with("request", request.with("context", .object(kept))))
        }
        return all
    }

    private static func shorter(_ elements: [Tree]) -> [[Tree]] {
        elements.indices.map { index in
            var kept = elements
            kept.remove(at: index)
            return kept
        }
    }

    /// The same value, something inside it left out.
    private func smaller(_ name: String) -> [Tree] {
        let lists = ["scps", "rcps", "identity", "Statement", "kmsGrants", "objectAcl", "bucketAcl"]
        switch self {
        case .array(let elements):
            var all: [Tree] = []
            if lists.contains(name) || elements.count > 1 { all += Tree.shorter(elements).map(Tree.array) }
            for (index, element) in elements.enumerated() {
                all += element.smaller(name).map { smaller in
                    var changed = elements
                    changed[index] = smaller
                    return .array(changed)
                }
            }
            return all
        case .object(let members):
            let needed = [
                "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Statement",
                "Version",
                "grantee", "operations", "permission", "uri", "account", "ownership",
            ]
            var all: [Tree] = []
            for (index, member) in members.enumerated() {
                if !needed.contains(member.name) {
                    var kept = members
                    kept.remove(at: index)
                    all.append(.object(kept))
                }
                all += member.value.smaller(member.name).map { smaller in
                    var changed = members
                    changed[index].value = smaller
                    return .object(changed)
                }
            }
            return all
        default: return []
        }
    }
}
