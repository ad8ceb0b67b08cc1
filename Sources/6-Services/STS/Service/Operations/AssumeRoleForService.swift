@_spi(Declared) import AWS
import Authentication
import Authorization
public import Door
import Journal
public import STSAPI
public import Storage
public import World

/// AssumeRole as a service calls it for a resource that has the role among its settings, such as S3 for a bucket that is
/// replicated: the role's trust policy must admit the service, and may ask which resource it is for.
///
/// It is in no roster: only the server itself calls it.
/// - Source: IAM User Guide, "Create a role to delegate permissions to an AWS service"; "Cross-service confused deputy
///   prevention", `aws:SourceArn`, `aws:SourceAccount`.
public struct AssumeRoleForService: Query {
    public typealias Shape = STS.AssumeRole
    private let tokens: SessionTokens
    private let roles: any RoleDirectory
    private let identifiers: Identifiers

    /// The session lasts this long whatever the role allows.
    public static let seconds = 3600

    public init(_ tokens: SessionTokens, _ roles: any RoleDirectory, _ identifiers: Identifiers) {
        (self.tokens, self.roles, self.identifiers) = (tokens, roles, identifiers)
    }

    /// Nil where there is no such role.
    public func resolve(
        _ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot
    ) throws -> AssumableRole? {
        try roles.role(arn: input.roleArn, in: snapshot)
    }

    /// The trust policy alone decides: a service has no policies.
    public func access(_ input: Input, to target: AssumableRole?, for facts: RequestFacts) throws -> Access {
        guard let target, target.account == facts.source?.account else {
            throw AccessDenied("There is no role \(input.roleArn).")
        }
        return .ask(
            Ask(
                Action("sts", "AssumeRole"), on: input.roleArn, of: target.account,
                side: ResourceSide(policy: target.trust, kind: .roleTrust),
                keys: [ConditionEntry(.stsRoleSessionName, input.roleSessionName)] + target.tagKeys))
    }

    /// Keys of a new session.
    public func answer(
        _ input: Input, under permit: borrowing Permit<AssumableRole?>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let role = permit.target else { throw AccessDenied.anonymous }
        let now = permit.facts.now
        let session = RoleSessionPrincipal(
            account: role.account, roleName: role.name, rolePath: role.path, roleID: role.id,
            sessionName: input.roleSessionName)
        let grant = SessionGrant(
            .roleSession(session),
            SessionFacts(.assumeRole, issued: now, expires: now + .seconds(AssumeRoleForService.seconds)))
        let keyID = AccessKeyID.make(.temporary, role.account, random: identifiers.bytes(5))
        let (secret, token) = try tokens.issue(grant, accessKeyID: keyID)
        return Output(
            credentials: STS.Credentials(
                accessKeyId: keyID, secretAccessKey: secret, sessionToken: token, expiration: grant.expires),
            assumedRoleUser: STS.AssumedRoleUser(
                assumedRoleId: role.id + ":" + input.roleSessionName, arn: session.arn))
    }

    /// The role's account receives the record; the service has none.
    public func recording(_ input: Input, of target: AssumableRole??, _ facts: RequestFacts) -> Recording {
        guard case .some(.some(let role)) = target else { return .shape }
        return Recording(
            resources: [Event.Resource(account: role.account, type: "AWS::IAM::Role", arn: input.roleArn)],
            owner: role.account)
    }

    /// As of AssumeRole.
    public func responseElements(_ output: Output) -> Recording.Elements { .shape }
}
