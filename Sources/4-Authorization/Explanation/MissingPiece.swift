/// One thing that stands between a denied question and its being allowed. Each names a place and what to change there; with
/// all pieces of a denial made good, the question is allowed.
public enum MissingPiece: Sendable {
    /// A Deny that matches must go, or one of its conditions be otherwise.
    case removal(StatementFinding)
    /// A stored policy that cannot be read denies everything: it must be mended or taken away.
    case repair(policy: NamedPolicy, at: StatementIndex, in: Layer)
    /// A statement would allow, but for conditions that the request does not meet.
    case condition(StatementFinding)
    /// A statement would allow, but for the resource.
    case resource(StatementFinding)
    /// A statement would allow, but names others.
    case principal(StatementFinding, adding: String)
    /// No statement comes near enough; this one would do. In an existing policy where the layer has only one.
    case statement(ExampleStatement, in: Layer, level: Int)
    /// S3's RestrictPublicBuckets keeps outsiders from a bucket whose policy is public.
    case publicAccessBlock
    /// The object belongs to another account than the bucket, whose policy therefore gives nobody access to it.
    case objectOwnership
    /// Only a grant of the key would allow.
    case grant(KMSGrant)

    /// The layer that lacks it.
    public var layer: Layer {
        switch self {
        case .removal(let finding), .condition(let finding), .resource(let finding), .principal(let finding, _):
            finding.layer
        case .repair(_, _, let layer), .statement(_, let layer, _): layer
        case .publicAccessBlock, .objectOwnership, .grant: .resource
        }
    }
}

/// A statement made up for a question: exactly its action and its resource.
public struct ExampleStatement: Sendable, Hashable {
    public let action: String
    /// Nil in trust policies.
    public let resource: String?
    /// The key of the Principal map and its value; nil in policies without principals.
    public let principal: Principal?

    /// A principal as policies write it.
    public enum Principal: Sendable, Hashable {
        case everyone
        case aws(String)
        case service(String)
        case federated(String)
    }

    var statement: PolicyStatement {
        var statement = PolicyStatement()
        (statement.effect, statement.action) = ("Allow", [action])
        statement.resource = resource.map { [$0] }
        if let principal {
            var element = PrincipalElement()
            switch principal {
            case .everyone: element.isBareStar = true
            case .aws(let value): element.mentions = [.init(kind: .aws, value: value, range: 0..<0)]
            case .service(let value): element.mentions = [.init(kind: .service, value: value, range: 0..<0)]
            case .federated(let value): element.mentions = [.init(kind: .federated, value: value, range: 0..<0)]
            }
            statement.principal = element
        }
        return statement
    }
}
