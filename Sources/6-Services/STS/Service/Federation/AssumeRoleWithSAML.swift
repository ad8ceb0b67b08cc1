import AWS
import Authentication
import Authorization
import Door
import Federation
import STSAPI
import Storage
import World

/// Gives temporary credentials of a role to whoever brings an assertion of a SAML provider that the role trusts.
///
/// The session is named, and lasts, as the assertion says; it ends with the session at the provider at the latest.
/// - Source: STS API Reference, "AssumeRoleWithSAML".
struct AssumeRoleWithSAML: BearerOperation {
    typealias Shape = STS.AssumeRoleWithSAML
    typealias Evidence = SAMLPerson
    let proof: SAMLProof
    let tokens: SessionTokens
    let roles: any RoleDirectory
    let identifiers: Identifiers

    func roleARN(_ input: Input) -> String { input.roleArn }

    func prove(_ input: Input, for facts: RequestFacts) async throws -> RequestFacts {
        _ = try account(input)
        let person = try await proof.person(
            input.sAMLAssertion, of: input.principalArn, for: input.roleArn, at: facts.now)
        return facts.brought(by: person.bearer, showing: person)
    }

    func spend(_ input: Input, for facts: RequestFacts) async throws {
        try await proof.use(try evidence(facts), at: facts.now)
    }

    func access(_ input: Input, to target: AssumableRole?, for facts: RequestFacts) throws -> Access {
        let owner = try account(input)
        guard let person = facts.evidence as? SAMLPerson else { return try unproved(input, target, facts) }
        // A role trusts providers of its own account only.
        guard person.provider.account == owner else { throw denied() }
        var keys = person.conditionKeys + person.brought.keys + (target?.tagKeys ?? [])
        keys.append(ConditionEntry(.stsRoleSessionName, person.sessionName))
        return .ask(
            [
                Ask(
                    Action("sts", "AssumeRoleWithSAML"), on: input.roleArn, of: owner,
                    side: ResourceSide(policy: target?.trust, kind: .roleTrust), keys: keys)
            ] + person.brought.asks(on: target, input.roleArn, of: owner, beside: keys))
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AssumableRole?>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let role = permit.target else { throw denied() }
        let (person, now) = (try evidence(permit.facts), permit.facts.now)
        let asked = [input.durationSeconds, person.sessionSeconds].compactMap { $0 }.min() ?? 3600
        let left = person.assertion.sessionEnds.map { Int($0.seconds - now.seconds) } ?? asked
        let session = try FederatedSession(
            FederatedSession.Request(
                origin: .assumeRoleWithSAML, role: role, name: person.sessionName, seconds: min(asked, left),
                policy: input.policy, policyARNs: input.policyArns, brought: person.sessionFacts, now: now), tokens,
            roles,
            identifiers, snapshot)
        return Output(
            credentials: session.credentials, assumedRoleUser: session.user, packedPolicySize: session.packedPercent,
            subject: person.assertion.subject.name, subjectType: person.subjectType, issuer: person.assertion.issuer,
            audience: person.assertion.confirmation.recipient, nameQualifier: person.nameQualifier,
            sourceIdentity: person.brought.sourceIdentity)
    }
}
