import AWS
import Authentication
import Authorization
import Door
import Journal
import STSAPI
import Storage
import World

/// Gives temporary credentials of a role to whoever its trust policy and their own policies admit.
/// - Source: STS API Reference, "AssumeRole".
struct AssumeRole: Query {
    typealias Shape = STS.AssumeRole
    let tokens: SessionTokens
    let roles: any RoleDirectory
    let identifiers: Identifiers

    static let refusedMembers: [StaticString] = [
        "Tags", "TransitiveTagKeys", "SerialNumber", "TokenCode", "SourceIdentity", "ProvidedContexts",
    ]

    /// The role of that ARN; nil where there is none, which a caller cannot tell from a role that refuses it.
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AssumableRole? {
        guard ARN(input.roleArn) != nil else { throw Invalid("\(input.roleArn) is invalid") }
        return try roles.role(arn: input.roleArn, in: snapshot)
    }

    func access(_ input: Input, to target: AssumableRole?, for facts: RequestFacts) throws -> Access {
        if case .root = facts.caller.principal { throw AccessDenied("Roles may not be assumed by root accounts.") }
        let owner = try target?.account ?? ARN(input.roleArn)?.accountID ?? facts.signedAccount()
        var keys = [ConditionEntry(.stsRoleSessionName, input.roleSessionName)]
        keys += target?.tagKeys ?? []
        if let external = input.externalId { keys.append(ConditionEntry(.stsExternalId, external)) }
        return .ask([
            Ask(
                Action("sts", "AssumeRole"), on: input.roleArn, of: owner,
                side: ResourceSide(policy: target?.trust, kind: .roleTrust), keys: keys)
        ])
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AssumableRole?>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let role = permit.target else { throw AccessDenied.anonymous }
        let facts = permit.facts
        if case .roleSession = facts.caller.principal {
            throw NotImplemented("Assuming a role with the credentials of another role (role chaining)")
        }
        let seconds = input.durationSeconds ?? 3600
        guard seconds <= role.maximumSession else {
            throw Invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        let policies = try SessionPolicies(input.policy, input.policyArns, role.account, roles, snapshot)
        let session = RoleSessionPrincipal(
            account: role.account, roleName: role.name, rolePath: role.path, roleID: role.id,
            sessionName: input.roleSessionName)
        let grant = SessionGrant(
            .roleSession(session),
            SessionFacts(
                .assumeRole, issued: facts.now, expires: facts.now + .seconds(seconds),
                sessionPolicies: policies.documents, sessionPolicyARNs: policies.arns))
        let keyID = AccessKeyID.make(.temporary, role.account, random: identifiers.bytes(5))
        let (secret, token) = try tokens.issue(grant, accessKeyID: keyID)
        return Output(
            credentials: STS.Credentials(
                accessKeyId: keyID, secretAccessKey: secret, sessionToken: token, expiration: grant.expires),
            assumedRoleUser: STS.AssumedRoleUser(
                assumedRoleId: role.id + ":" + input.roleSessionName, arn: session.arn),
            packedPolicySize: policies.packedPercent)
    }

    func recording(_ input: Input, of target: AssumableRole??, _ facts: RequestFacts) -> Recording {
        guard case .some(.some(let role)) = target else { return .shape }
        return Recording(resources: [Event.Resource(account: role.account, type: "AWS::IAM::Role", arn: input.roleArn)])
    }

    /// AssumeRole counts as a read, yet its record shows who the new credentials are for.
    func responseElements(_ output: Output) -> Recording.Elements { .shape }
}
