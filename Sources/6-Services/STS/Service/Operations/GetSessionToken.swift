import AWS
import Authentication
import Door
import STSAPI
import Storage
import World

/// Gives a user, or root, temporary credentials of the same rights: with a code of a second factor, such that prove it.
/// - Source: STS API Reference, "GetSessionToken"; IAM User Guide, "Permissions for GetSessionToken".
struct GetSessionToken: ProvingQuery {
    typealias Shape = STS.GetSessionToken
    let tokens: SessionTokens
    let proof: FactorProof
    let identifiers: Identifiers

    func hasProof(_ input: Input) -> Bool { input.serialNumber != nil || input.tokenCode != nil }

    func prove(_ input: Input, for facts: RequestFacts) async throws -> RequestFacts {
        try facts.requireLongTermCredentials("GetSessionToken")
        return try await proof.prove(input.serialNumber, input.tokenCode, facts)
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .signedIn(reason: "AWS asks no permission for it: policies cannot control authentication")
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let facts = permit.facts
        try facts.requireLongTermCredentials("GetSessionToken")
        return Output(credentials: try tokens.ofCaller(facts, input.durationSeconds, permit.target, identifiers))
    }

    /// It counts as a read, yet its record shows which credentials were given.
    func responseElements(_ output: Output) -> Recording.Elements { .shape }
}

/// How long a user's own sessions last: twelve hours unless said otherwise; root's never longer than one.
struct SessionLength {
    let seconds: Int

    private static let ofRoot = 3600
    private static let usual = 43_200

    init(_ asked: Int?, for principal: Principal) {
        if case .root = principal {
            seconds = min(asked ?? SessionLength.ofRoot, SessionLength.ofRoot)
        } else {
            seconds = asked ?? SessionLength.usual
        }
    }
}

extension RequestFacts {
    /// Temporary credentials of any kind get none of their own.
    func requireLongTermCredentials(_ operation: String) throws {
        guard caller.session == nil else {
            throw AccessDenied("Cannot call \(operation) with session credentials")
        }
    }
}

extension SessionTokens {
    /// Credentials of the caller's own rights, which tell of a second factor that was proved.
    func ofCaller(
        _ facts: RequestFacts, _ asked: Int?, _ account: AccountID, _ identifiers: Identifiers
    ) throws -> STS.Credentials {
        let seconds = SessionLength(asked, for: facts.caller.principal).seconds
        let grant = SessionGrant(
            facts.caller.principal,
            SessionFacts(
                .getSessionToken, issued: facts.now, expires: facts.now + .seconds(seconds),
                authenticatedWithMFA: facts.authenticatedWithMFA))
        return try credentials(grant, account, identifiers)
    }

    /// The shape of new credentials.
    func credentials(
        _ grant: SessionGrant, _ account: AccountID, _ identifiers: Identifiers
    ) throws -> STS.Credentials {
        let keyID = AccessKeyID.make(.temporary, account, random: identifiers.bytes(5))
        let (secret, token) = try issue(grant, accessKeyID: keyID)
        return STS.Credentials(
            accessKeyId: keyID, secretAccessKey: secret, sessionToken: token, expiration: grant.expires)
    }
}
