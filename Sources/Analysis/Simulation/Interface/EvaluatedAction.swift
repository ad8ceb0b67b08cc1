public import Authorization
public import Formats

/// A statement that determined a result.
public struct EvaluatedStatement: Sendable, Hashable {
    /// The kinds of policy, by the names AWS's answers use. They are not those of its model.
    public enum Source: String, Sendable {
        case identity = "IAM Policy"
        case resource = "Resource Policy"
        case boundary = "Permissions Boundary Policy"

        init?(_ layer: Layer) {
            switch layer {
            case .identity: self = .identity
            case .resource: self = .resource
            case .boundary: self = .boundary
            default: return nil
            }
        }
    }
    /// The kind of policy.
    public let source: Source
    /// The name of the policy.
    public let policy: String
    /// Where the statement begins.
    public let start: TextPosition
    /// Where the statement ends.
    public let end: TextPosition
}

/// The result of one action on one resource.
public struct EvaluatedPair: Sendable {
    /// The ARN asked about, or `*`.
    public let resource: String
    /// What the engine decided.
    public let outcome: Decision.Outcome
    /// The statements that determined it.
    public let matched: [EvaluatedStatement]
    /// Condition keys that were not given and may have decided.
    public let missingKeys: [String]
    /// Nil where the caller's account is in no organization.
    public let isAllowedByOrganizations: Bool?
    /// Nil without a permissions boundary.
    public let isAllowedByBoundary: Bool?
    /// Of questions across accounts only.
    public let details: [EvaluatedStatement.Source: Decision.Outcome]?
}

/// The result of one action on all resources of a simulation.
public struct EvaluatedAction: Sendable {
    /// As asked about.
    public let action: String
    /// The resource's ARN; of several, what their ARNs have in common; of none, `*`.
    public let resourceName: String
    /// One for each resource; a single one for `*`.
    public let pairs: [EvaluatedPair]
    /// Whether resources were named.
    public let isPerResource: Bool

    init(action: String, resources: [String], pairs: [EvaluatedPair]) {
        (self.action, self.pairs) = (action, pairs)
        isPerResource = !resources.isEmpty
        resourceName = ResourceTemplate.name(of: action, resources)
    }

    /// Denied if any resource is.
    public var outcome: Decision.Outcome {
        let outcomes = pairs.map(\.outcome)
        if outcomes.contains(.explicitDeny) { return .explicitDeny }
        return outcomes.contains(.implicitDeny) ? .implicitDeny : .allowed
    }

    /// Each once. With an explicit deny somewhere, the denying ones alone.
    public var matched: [EvaluatedStatement] {
        let isDeny = outcome == .explicitDeny
        var seen: Set<EvaluatedStatement> = []
        return pairs.filter { !isDeny || $0.outcome == .explicitDeny }.flatMap(\.matched).filter {
            seen.insert($0).inserted
        }
    }

    /// Each once, of all resources.
    public var missingKeys: [String] {
        var seen: Set<String> = []
        return pairs.flatMap(\.missingKeys).filter { seen.insert($0).inserted }
    }

    /// Nil where no resource has one.
    public var isAllowedByOrganizations: Bool? { joined(\.isAllowedByOrganizations) }
    public var isAllowedByBoundary: Bool? { joined(\.isAllowedByBoundary) }

    private func joined(_ part: (EvaluatedPair) -> Bool?) -> Bool? {
        let all = pairs.compactMap(part)
        return all.isEmpty ? nil : all.allSatisfy { $0 }
    }

    /// What each kind of policy says to all resources together: empty within one account, nil where no resource was named
    /// or an SCP ended the evaluation.
    public var details: [EvaluatedStatement.Source: Decision.Outcome]? {
        guard isPerResource, isAllowedByOrganizations != false else { return nil }
        return pairs.compactMap(\.details).reduce(into: [:]) { result, details in
            for (source, outcome) in details { result[source] = EvaluatedAction.worse(result[source], outcome) }
        }
    }

    private static func worse(_ one: Decision.Outcome?, _ other: Decision.Outcome) -> Decision.Outcome {
        guard let one else { return other }
        if one == .explicitDeny || other == .explicitDeny { return .explicitDeny }
        return one == .implicitDeny ? one : other
    }
}
