import AWS
import Authentication
import Authorization
import Door
import Journal
import STSAPI
import Smithy
import Storage
import World

/// An operation that a bearer calls for a role: the role decides alone, by its trust policy.
protocol BearerOperation: ProvingQuery where Target == AssumableRole? {
    associatedtype Evidence: Sendable
    var roles: any RoleDirectory { get }
    func roleARN(_ input: Input) -> String
}

extension BearerOperation {
    func hasProof(_ input: Input) -> Bool { true }

    /// The role of that ARN; nil where there is none, which a caller cannot tell from a role that refuses it.
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AssumableRole? {
        _ = try account(input)
        return try roles.role(arn: roleARN(input), in: snapshot)
    }

    func account(_ input: Input) throws -> AccountID {
        guard let arn = ARN(roleARN(input)), arn.service == "iam", arn.resource.hasPrefix("role/"),
            let account = arn.accountID
        else { throw Invalid("\(roleARN(input)) is invalid") }
        return account
    }

    func evidence(_ facts: RequestFacts) throws -> Evidence {
        guard let evidence = facts.evidence as? Evidence else { throw AccessDenied.anonymous }
        return evidence
    }

    /// What is asked without a proof: nothing by who calls, who cannot come this far, and the least by `gatehouse coverage`,
    /// which asks every operation what it would ask for a user.
    func unproved(_ input: Input, _ target: AssumableRole?, _ facts: RequestFacts) throws -> Access {
        guard case .user = facts.caller.principal else { throw AccessDenied.anonymous }
        let side = ResourceSide(policy: target?.trust, kind: .roleTrust)
        return .ask(Ask(Action("sts", Shape.model.name), on: roleARN(input), of: try account(input), side: side))
    }

    func denied() -> AccessDenied { AccessDenied("Not authorized to perform sts:\(Shape.model.name)") }

    /// Not which of the policy's statements refused: whoever brings a token is nobody of the account.
    func told(_ error: any ServiceError, about target: AssumableRole??) -> any ServiceError {
        error is AccessDenied ? denied() : error
    }

    /// The role's account has the record: the bearer has none.
    func recording(_ input: Input, of target: AssumableRole??, _ facts: RequestFacts) -> Recording {
        guard case .some(.some(let role)) = target else { return .shape }
        // What nobody proved is not written down: anybody can send any amount of it.
        return Recording(
            request: facts.evidence == nil ? .none : .shape,
            resources: [Event.Resource(account: role.account, type: "AWS::IAM::Role", arn: roleARN(input))],
            owner: role.account)
    }

    /// It counts as a read, yet its record shows who the new credentials are for.
    func responseElements(_ output: Output) -> Recording.Elements { .shape }
}

/// Gives temporary credentials of a role to whoever brings a token of an OpenID Connect provider that the role trusts.
///
/// Access tokens of OAuth 2.0 (`ProviderId`), which Facebook and Login with Amazon have, are not taken.
/// - Source: STS API Reference, "AssumeRoleWithWebIdentity".
struct AssumeRoleWithWebIdentity: BearerOperation {
    typealias Shape = STS.AssumeRoleWithWebIdentity
    typealias Evidence = WebIdentity
    let proof: WebIdentityProof
    let tokens: SessionTokens
    let roles: any RoleDirectory
    let identifiers: Identifiers

    static let refusedMembers: [StaticString] = ["ProviderId"]

    func roleARN(_ input: Input) -> String { input.roleArn }

    func prove(_ input: Input, for facts: RequestFacts) async throws -> RequestFacts {
        let identity = try await proof.identity(input.webIdentityToken, in: try account(input), at: facts.now)
        try identity.roles.check(input.roleArn)
        return facts.brought(by: identity.bearer, showing: identity)
    }

    func access(_ input: Input, to target: AssumableRole?, for facts: RequestFacts) throws -> Access {
        let owner = try account(input)
        guard let identity = facts.evidence as? WebIdentity else { return try unproved(input, target, facts) }
        var keys = identity.conditionKeys + identity.brought.keys + (target?.tagKeys ?? [])
        keys.append(ConditionEntry(.stsRoleSessionName, input.roleSessionName))
        keys.append(ConditionEntry(.stsRoleAuthorizedByIdp, identity.roles.areNamed ? "true" : "false"))
        return .ask(
            [
                Ask(
                    Action("sts", "AssumeRoleWithWebIdentity"), on: input.roleArn, of: owner,
                    side: ResourceSide(policy: target?.trust, kind: .roleTrust), keys: keys)
            ] + identity.brought.asks(on: target, input.roleArn, of: owner, beside: keys))
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AssumableRole?>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let role = permit.target else { throw denied() }
        let identity = try evidence(permit.facts)
        let session = try FederatedSession(
            FederatedSession.Request(
                origin: .assumeRoleWithWebIdentity, role: role, name: input.roleSessionName,
                seconds: input.durationSeconds ?? 3600, policy: input.policy, policyARNs: input.policyArns,
                brought: identity.sessionFacts, now: permit.facts.now), tokens, roles, identifiers, snapshot)
        return Output(
            credentials: session.credentials, subjectFromWebIdentityToken: identity.subject,
            assumedRoleUser: session.user, packedPolicySize: session.packedPercent, provider: identity.provider,
            audience: identity.audience, sourceIdentity: identity.brought.sourceIdentity)
    }
}
