import AWS
import Authorization
import IAMAPI
import Storage

/// The user, group or role that a simulation takes its policies from.
struct SimulationSource: Sendable {
    let kind: EntityKind
    let account: AccountID
    let found: Found<PolicyOwner>
    /// The ARN that policies are asked about: the entity's own, or, where there is none, the one given.
    let arn: String

    /// By the kind and the name of the ARN, whatever path it shows, as AWS does. Throws where it is no ARN of such an entity.
    static func find(_ text: String, _ snapshot: borrowing Snapshot) throws -> SimulationSource {
        guard let (kind, account, name) = entity(text) else {
            throw IAM.InvalidInputException(
                message: "Invalid Entity Arn: \(text) does not clearly define entity type and name.")
        }
        let found = try PolicyOwner.find(kind, name, in: account, snapshot)
        return SimulationSource(
            kind: kind, account: account, found: found, arn: found.record == nil ? text : found.arn)
    }

    /// Of the ARN of a user, group or role; nil for everything else.
    static func entity(_ text: String) -> (kind: EntityKind, account: AccountID, name: String)? {
        guard let arn = ARN(text), arn.service == "iam", arn.region.isEmpty, let account = arn.accountID,
            let slash = arn.resource.firstIndex(of: "/"), let last = arn.resource.lastIndex(of: "/"),
            let kind = EntityKind(rawValue: String(arn.resource[..<slash])), [.user, .group, .role].contains(kind)
        else { return nil }
        let name = String(arn.resource[arn.resource.index(after: last)...])
        return name.isEmpty ? nil : (kind, account, name)
    }
}

/// The policies of a source as a simulation names them.
struct SourcePolicies {
    private(set) var identity: [NamedPolicy] = []
    private(set) var boundary: NamedPolicy?

    /// Of the entity itself and, for a user, of its groups. A managed policy attached twice counts once.
    init(of owner: PolicyOwner, _ snapshot: borrowing Snapshot) throws {
        try add(owner.kind, owner.name, owner.id, owner.account, snapshot)
        if owner.kind == .user, let user = try User.find(id: owner.id, snapshot) {
            for group in try Group.list(of: user, after: "", limit: 1000, snapshot) {
                try add(.group, group.name, group.id, group.account, snapshot)
            }
        }
        boundary = try owner.boundary.map { try SourcePolicies.managed($0, owner.account, snapshot) }
    }

    private mutating func add(
        _ kind: EntityKind, _ name: String, _ id: String, _ account: AccountID, _ snapshot: borrowing Snapshot
    ) throws {
        for inline in try InlinePolicy.all(of: id, snapshot) {
            let policy = CompiledPolicy(stored: Array(inline.document.utf8), as: .identity)
            identity.append(
                try SourcePolicies.usable(NamedPolicy(policy, name: "\(kind.rawValue)_\(name)_\(inline.name)")))
        }
        for arn in try AttachedPolicies.arns(of: id, snapshot) where !identity.contains(where: { $0.arn == arn }) {
            identity.append(try SourcePolicies.managed(arn, account, snapshot))
        }
    }

    private static func managed(_ arn: String, _ account: AccountID, _ snapshot: borrowing Snapshot) throws
        -> NamedPolicy
    {
        guard let policy = try ManagedPolicy.find(arn: arn, in: account, snapshot).record,
            let version = try PolicyVersion.find(policy.defaultVersion, of: policy, snapshot)
        else { throw IAM.PolicyEvaluationException(message: "The policy \(arn) cannot be found.") }
        let compiled = CompiledPolicy(stored: Array(version.document.utf8), as: .managed)
        return try usable(NamedPolicy(compiled, name: policy.name, arn: arn))
    }

    /// Where enforcement denies everything, a simulation says why.
    private static func usable(_ named: NamedPolicy) throws -> NamedPolicy {
        guard !named.policy.isBroken else {
            throw IAM.PolicyEvaluationException(message: "The policy \(named.name) cannot be evaluated.")
        }
        return named
    }
}
