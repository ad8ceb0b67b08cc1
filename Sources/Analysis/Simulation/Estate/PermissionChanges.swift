import Authorization

/// One thing that a caller can do in one estate and not, or not surely, in the other.
public struct PermissionChange: Sendable {
    /// As verdicts name the caller.
    public let caller: String
    /// As asked about.
    public let action: String
    /// The access level of the action.
    public let level: String
    /// The ARN asked about, or `*`.
    public let resource: String
    /// Before the change.
    public let before: Verdict.Certainty
    /// After the change.
    public let after: Verdict.Certainty

    /// `either` where the conditions are others than before: which of them let more through is not decided.
    public enum Direction: String, Sendable { case widen, narrow, either }

    /// Whether the caller can do more afterwards, or less.
    public var direction: Direction {
        guard before != after else { return .either }
        return before == .denied || after == .allowed ? .widen : .narrow
    }
}

extension Estate {
    /// What changes for the users and roles of the dump when `after` takes the place of this estate.
    public func changes(to after: Estate) -> [PermissionChange] {
        dump.callers.flatMap { entity -> [PermissionChange] in
            guard let other = after.dump.callers.first(where: { $0.arn == entity.arn }) else { return [] }
            let old = EstateCaller(entity, session: nil, in: self)
            let new = EstateCaller(other, session: nil, in: after)
            guard old.policies.texts != new.policies.texts else { return [] }
            let patterns = patterns(of: old) + after.patterns(of: new)
            let (was, becomes) = (old.policies.without(new.policies), new.policies.without(old.policies))
            return Estate.compare(
                entity.arn, permissions(of: old, patterns: patterns), after.permissions(of: new, patterns: patterns)
            ) { one, other in
                terms(of: one, for: old, under: was) == after.terms(of: other, for: new, under: becomes)
            }
        }
    }

    /// What a permission depends on, as texts that are equal where the conditions are.
    private func terms(of permission: Permission, for caller: EstateCaller, under policies: PolicySet) -> Set<String> {
        let (question, context) = question(caller, ActionName(permission.action), permission.sample)
        let open = openStatements(question, under: policies, in: context, knowing: caller)
        return Set(
            open.map { statement in
                let conditions = statement.conditions.map { "\($0.operatorName) \($0.key) \($0.values.sorted())" }
                return "\(statement.layer) \(statement.isDeny) \(conditions.sorted()) \(statement.resources.sorted())"
            })
    }

    private static func compare(
        _ caller: String, _ old: [Permission], _ new: [Permission],
        isSame: (Permission, Permission) -> Bool
    ) -> [PermissionChange] {
        struct Place: Hashable { let action, resource: String }
        func table(_ permissions: [Permission]) -> [Place: Permission] {
            Dictionary(
                permissions.map { (Place(action: $0.action, resource: $0.resource), $0) },
                uniquingKeysWith: { a, _ in a })
        }
        func certainty(_ permission: Permission?) -> Verdict.Certainty {
            permission.map { $0.isConditional ? .depends : .allowed } ?? .denied
        }
        let (before, after) = (table(old), table(new))
        return Set(before.keys).union(after.keys).sorted { ($0.action, $0.resource) < ($1.action, $1.resource) }
            .compactMap { place in
                let (one, other) = (before[place], after[place])
                if certainty(one) == certainty(other) {
                    guard let one, let other, one.isConditional, !isSame(one, other) else { return nil }
                }
                return PermissionChange(
                    caller: caller, action: place.action, level: (one ?? other)?.level ?? "", resource: place.resource,
                    before: certainty(one), after: certainty(other))
            }
    }
}

extension PolicySet {
    /// Without the identity policies, SCPs and RCPs that stand in `other` too: what is left is what a change is about.
    fileprivate func without(_ other: PolicySet) -> PolicySet {
        func differing(_ mine: [NamedPolicy], _ theirs: [NamedPolicy]) -> [NamedPolicy] {
            mine.filter { policy in !theirs.contains { $0.policy.text == policy.policy.text } }
        }
        func differing(_ mine: [[NamedPolicy]]?, _ theirs: [[NamedPolicy]]?) -> [[NamedPolicy]]? {
            guard let mine, let theirs else { return mine }
            return zip(mine, theirs).map { differing($0, $1) }
        }
        var set = self
        set.identity = differing(identity, other.identity)
        set.scps = differing(scps, other.scps)
        set.rcps = differing(rcps, other.rcps)
        return set
    }

    /// Every text on the caller's side, layer by layer.
    fileprivate var texts: [[[UInt8]]] {
        [.identity, .boundary, .session, .scp, .rcp].map { (layer: Layer) in
            levels(of: layer).joined().map(\.policy.text)
        }
    }
}
