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
struct AssumeRole: ProvingQuery {
    typealias Shape = STS.AssumeRole
    let tokens: SessionTokens
    let proof: FactorProof
    let roles: any RoleDirectory
    let identifiers: Identifiers

    /// `ProvidedContexts` come from IAM Identity Center, which is not here.
    static let refusedMembers: [StaticString] = ["ProvidedContexts"]

    func hasProof(_ input: Input) -> Bool { input.serialNumber != nil || input.tokenCode != nil }

    func prove(_ input: Input, for facts: RequestFacts) async throws -> RequestFacts {
        try await proof.prove(input.serialNumber, input.tokenCode, facts)
    }

    /// The role of that ARN; nil where there is none, which a caller cannot tell from a role that refuses it.
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AssumableRole? {
        guard let arn = ARN(input.roleArn), ![arn.partition, arn.service, arn.resource].contains("") else {
            throw Invalid("\(input.roleArn) is invalid")
        }
        return try roles.role(arn: input.roleArn, in: snapshot)
    }

    /// Whoever brings tags or a source identity, or has them from an earlier role, needs leave for that too, from the
    /// trust policy as for the role itself. AWS asks about the source identity first.
    func access(_ input: Input, to target: AssumableRole?, for facts: RequestFacts) throws -> Access {
        if case .root = facts.caller.principal { throw AccessDenied("Roles may not be assumed by root accounts.") }
        let owner = try target?.account ?? ARN(input.roleArn)?.accountID ?? facts.signedAccount()
        let chain = RoleChain(facts)
        let source = input.sourceIdentity ?? chain.sourceIdentity
        var keys = [ConditionEntry(.stsRoleSessionName, input.roleSessionName)]
        keys += target?.tagKeys ?? []
        keys += SessionTags.conditionKeys(input.tags, transitive: input.transitiveTagKeys)
        if let external = input.externalId { keys.append(ConditionEntry(.stsExternalId, external)) }
        if let source { keys.append(ConditionEntry(.stsSourceIdentity, source)) }
        var actions = ["AssumeRole"]
        if !(input.tags ?? []).isEmpty || !chain.tags.isEmpty { actions.insert("TagSession", at: 0) }
        if source != nil { actions.insert("SetSourceIdentity", at: 0) }
        let side = ResourceSide(policy: target?.trust, kind: .roleTrust)
        return .ask(actions.map { Ask(Action("sts", $0), on: input.roleArn, of: owner, side: side, keys: keys) })
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AssumableRole?>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let role = permit.target else { throw AccessDenied.anonymous }
        let facts = permit.facts
        let chain = RoleChain(facts)
        let seconds = input.durationSeconds ?? 3600
        guard seconds <= role.maximumSession else {
            throw Invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        try chain.checkDuration(seconds)
        let source = try chain.sourceIdentity(asking: input.sourceIdentity)
        let tags = try SessionTags(input.tags, transitive: input.transitiveTagKeys, after: chain)
        let policies = try SessionPolicies(
            input.policy, input.policyArns, beside: tags.size, role.account, roles, snapshot)
        let session = RoleSessionPrincipal(
            account: role.account, roleName: role.name, rolePath: role.path, roleID: role.id,
            sessionName: input.roleSessionName)
        let grant = SessionGrant(
            .roleSession(session),
            // A factor counts where the role is taken on; what the session then does shows none.
            // - Source: IAM User Guide, "Secure API access with MFA", choosing between the two operations.
            SessionFacts(
                .assumeRole, issued: facts.now, expires: facts.now + .seconds(seconds),
                sessionPolicy: policies.inline, sessionPolicyARNs: policies.arns, tags: tags.all,
                transitiveTagKeys: tags.transitiveKeys,
                sourceIdentity: source, isChained: chain.isFromSession))
        let keyID = AccessKeyID.make(.temporary, role.account, random: identifiers.bytes(5))
        let (secret, token) = try tokens.issue(grant, accessKeyID: keyID)
        return Output(
            credentials: STS.Credentials(
                accessKeyId: keyID, secretAccessKey: secret, sessionToken: token, expiration: grant.expires),
            assumedRoleUser: STS.AssumedRoleUser(
                assumedRoleId: role.id + ":" + input.roleSessionName, arn: session.arn),
            packedPolicySize: policies.packedPercent, sourceIdentity: source)
    }

    /// The account of the role receives a record of its own where the caller is of another.
    func recording(_ input: Input, of target: AssumableRole??, _ facts: RequestFacts) -> Recording {
        var recording = RoleChain(facts).recording(input)
        guard case .some(.some(let role)) = target else { return recording }
        recording.resources = [Event.Resource(account: role.account, type: "AWS::IAM::Role", arn: input.roleArn)]
        recording.sharedWith = [role.account]
        return recording
    }

    /// AssumeRole counts as a read, yet its record shows who the new credentials are for.
    func responseElements(_ output: Output) -> Recording.Elements { .shape }
}
