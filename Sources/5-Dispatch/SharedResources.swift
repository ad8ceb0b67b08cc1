public import AWS
public import Authorization
public import Storage
public import World

/// The resources of one type that a service has, as whoever looks for access from outside sees them. Services implement
/// it; Access Analyzer asks.
public protocol SharedResources: Sendable {
    /// As CloudFormation calls the type, such as `AWS::S3::Bucket`.
    var type: String { get }
    /// Those of an account that are in, or count in, a Region, after `position`, in an order of the service's own; and
    /// where the next page begins, nil at the end.
    func page(
        of account: AccountID, in region: Region, after position: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> (arns: [String], next: String?)
    /// Whom outside its account a resource lets in; nil where the account has no such resource in the Region.
    func sharing(
        of arn: String, of account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> [Sharing]?
}

/// One way in which a resource lets somebody in from outside.
public struct Sharing: Sendable, Hashable {
    /// What of a bucket does it; other resources have one policy only.
    public enum Source: Sendable, Hashable {
        case policy, list
        case accessPoint(arn: String)
        case pointsOfAccount(String)
    }
    /// Who, and to do what.
    public let reach: ExternalReach
    /// Nil for resources that are no buckets.
    public let source: Source?

    /// - Parameter source: given for buckets.
    public init(_ reach: ExternalReach, through source: Source? = nil) {
        (self.reach, self.source) = (reach, source)
    }
}
