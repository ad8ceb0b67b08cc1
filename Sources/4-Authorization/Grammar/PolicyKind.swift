/// What a policy document is for: it decides which elements it may hold and how short ARNs in it read.
public enum PolicyKind: Sendable, Hashable {
    /// A customer managed policy, also used as a permissions boundary.
    case managed
    /// An inline policy of a user, group or role.
    case identity
    case session
    /// A role's trust policy.
    case trust
    /// The policy of a resource of a service, such as a bucket policy (`s3`).
    case resource(service: String)
    case keyPolicy
    case scp
    case rcp
    case endpoint

    /// True if the kind's statements name principals.
    public var hasPrincipal: Bool {
        switch self {
        case .managed, .identity, .session, .scp: false
        case .trust, .resource, .keyPolicy, .rcp, .endpoint: true
        }
    }

    var shortForm: ResourcePattern.ShortForm {
        switch self {
        case .managed, .identity, .session: .open
        case .trust, .resource, .keyPolicy, .endpoint: .openWithWildcard
        case .scp: .openWithTrailingStar
        case .rcp: .closed
        }
    }
}
