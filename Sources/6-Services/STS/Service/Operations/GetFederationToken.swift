import AWS
import Authentication
import Door
import STSAPI
import Storage
import World

/// Gives temporary credentials to somebody whom the caller, a user or root, vouches for by name: with the caller's rights
/// as far as the session policies allow them, and none without such policies.
/// - Source: STS API Reference, "GetFederationToken".
struct GetFederationToken: Query {
    typealias Shape = STS.GetFederationToken
    let tokens: SessionTokens
    let roles: any RoleDirectory
    let identifiers: Identifiers

    func resolve(
        _ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot
    ) throws -> FederatedUserPrincipal {
        var issuer: UserPrincipal?
        if case .user(let user) = facts.caller.principal { issuer = user }
        return FederatedUserPrincipal(account: try facts.signedAccount(), name: input.name, issuer: issuer)
    }

    func access(_ input: Input, to target: FederatedUserPrincipal, for facts: RequestFacts) throws -> Access {
        try facts.requireLongTermCredentials("GetFederationToken")
        var actions = ["GetFederationToken"]
        if !(input.tags ?? []).isEmpty { actions.append("TagSession") }
        let keys = SessionTags.conditionKeys(input.tags, transitive: nil)
        return .ask(actions.map { Ask(Action("sts", $0), on: target.arn, of: target.account, keys: keys) })
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<FederatedUserPrincipal>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (user, facts) = (permit.target, permit.facts)
        let tags = try SessionTags(input.tags, transitive: nil, after: RoleChain(facts))
        let policies = try SessionPolicies(
            input.policy, input.policyArns, beside: tags.size, user.account, roles, snapshot)
        let seconds = SessionLength(input.durationSeconds, for: facts.caller.principal).seconds
        let grant = SessionGrant(
            .federatedUser(user),
            SessionFacts(
                .getFederationToken, issued: facts.now, expires: facts.now + .seconds(seconds),
                sessionPolicy: policies.inline, sessionPolicyARNs: policies.arns, tags: tags.all))
        return Output(
            credentials: try tokens.credentials(grant, user.account, identifiers),
            federatedUser: STS.FederatedUser(federatedUserId: "\(user.account):\(user.name)", arn: user.arn),
            packedPolicySize: policies.packedPercent ?? 0)
    }

    /// It counts as a read, yet its record shows whom the credentials were given to.
    func responseElements(_ output: Output) -> Recording.Elements { .shape }
}
