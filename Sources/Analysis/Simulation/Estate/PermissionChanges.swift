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

    /// True where the caller can do more afterwards.
    public var widens: Bool { before == .denied || after == .allowed }
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
            return Estate.compare(
                entity.arn, permissions(of: old, patterns: patterns), after.permissions(of: new, patterns: patterns))
        }
    }

    private static func compare(_ caller: String, _ old: [Permission], _ new: [Permission]) -> [PermissionChange] {
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
                guard certainty(one) != certainty(other) else { return nil }
                return PermissionChange(
                    caller: caller, action: place.action, level: (one ?? other)?.level ?? "", resource: place.resource,
                    before: certainty(one), after: certainty(other))
            }
    }
}

extension PolicySet {
    /// Every text on the caller's side, layer by layer.
    fileprivate var texts: [[[UInt8]]] {
        [.identity, .boundary, .session, .scp, .rcp].map { (layer: Layer) in
            levels(of: layer).joined().map(\.policy.text)
        }
    }
}
