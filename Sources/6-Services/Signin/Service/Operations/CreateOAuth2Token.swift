import AWS
import Authentication
import Crypto
import Door
import Formats
import Journal
import KeyVault
import SigninAPI
import Smithy
import Storage
import World

/// Gives a tool of somebody who signed in credentials for a quarter of an hour: for a code of `/v1/authorize` at first,
/// then again and again for a refresh token, which only the holder of its key can use.
/// - Source: AWS Sign-In API Reference, "CreateOAuth2Token"; RFC 6749, 7636 and 9449.
struct CreateOAuth2Token: ProvingQuery {
    typealias Shape = Signin.CreateOAuth2Token
    let parts: SignInParts

    /// Seconds.
    private static let life = 900

    func hasProof(_ input: Input) -> Bool { true }

    // MARK: The proof

    func prove(_ input: Input, for facts: RequestFacts) async throws -> RequestFacts {
        let body = input.tokenInput
        guard facts.caller.isAnonymous else {
            throw OAuthRefusal.invalid("Clients that sign this request are not registered with this server.")
        }
        guard let header = facts.only("dpop"),
            let proof = PossessionProof(header, host: facts.host ?? "", now: parts.world.clock.wallTime())
        else { throw OAuthRefusal.invalid("The request needs a valid DPoP header.") }
        // A proof is kept only with a code or a token that is there: anybody can make any number of proofs.
        try requireTicket(body, facts)
        let isFresh = try await parts.store.write(.synced) { [now = facts.now] transaction in
            guard try Ticket.find(proof.id, .proof, at: now, transaction.snapshot) == nil else { return false }
            try Ticket.put(proof.id, .proof, [], until: now + .seconds(600), now: now, &transaction)
            return true
        }
        guard isFresh else { throw OAuthRefusal.invalid("The DPoP header was used before.") }
        switch body.grantType {
        case "authorization_code": return try await exchange(body, proof, facts)
        case "refresh_token": return try refresh(body, proof, facts)
        default: throw OAuthRefusal.invalid("grantType must be authorization_code or refresh_token.")
        }
    }

    private func requireTicket(_ body: Signin.CreateOAuth2TokenRequestBody, _ facts: RequestFacts) throws {
        let (secret, kind): (String, Ticket.Kind) =
            body.grantType == "refresh_token"
            ? (body.refreshToken ?? "", .refreshToken) : (body.code ?? "", .authorizationCode)
        let isThere = try parts.store.read { snapshot in
            try Ticket.find(secret, kind, at: facts.now, snapshot) != nil
        }
        guard !isThere else { return }
        throw kind == .refreshToken
            ? OAuthRefusal(.tokenExpired, "The refresh token is not valid, or has expired. Please sign in again.")
            : OAuthRefusal(.codeExpired, "The authorization code is not valid, was used, or has expired.")
    }

    private func exchange(
        _ body: Signin.CreateOAuth2TokenRequestBody, _ proof: PossessionProof, _ facts: RequestFacts
    ) async throws -> RequestFacts {
        guard let code = body.code, let verifier = body.codeVerifier, let redirect = body.redirectUri,
            body.refreshToken == nil
        else { throw OAuthRefusal.invalid("authorization_code goes with code, codeVerifier and redirectUri.") }
        // Used up whatever comes of it: who has stolen a code must not try verifiers.
        let content = try await parts.store.write(.synced) { [now = facts.now] transaction in
            try Ticket.take(code, .authorizationCode, at: now, &transaction)
        }
        guard let content else {
            throw OAuthRefusal(.codeExpired, "The authorization code is not valid, was used, or has expired.")
        }
        var grant = try LoginGrant.open(content, of: code, parts.vault)
        let hashed = Base64URL.encode(SHA256.hash(Array(verifier.utf8)))
        guard grant.client == body.clientId, grant.redirect == redirect,
            constantTimeEquals(Array(hashed.utf8), Array(grant.challenge.utf8))
        else { throw OAuthRefusal.invalid("The code was given for another client, address or verifier.") }
        let token = try refreshToken(of: code)
        let caller = try caller(grant, token, facts)
        grant.thumbprint = proof.thumbprint
        let sealed = try grant.sealed(for: token, parts.vault)
        let expires = grant.expires
        try await parts.store.write(.synced) { [now = facts.now] transaction in
            try Ticket.put(token, .refreshToken, sealed, until: expires, now: now, &transaction)
        }
        return facts.signedIn(as: caller)
    }

    private func refresh(
        _ body: Signin.CreateOAuth2TokenRequestBody, _ proof: PossessionProof, _ facts: RequestFacts
    ) throws -> RequestFacts {
        guard let token = body.refreshToken, body.code == nil, body.codeVerifier == nil, body.redirectUri == nil else {
            throw OAuthRefusal.invalid("refresh_token goes with refreshToken alone.")
        }
        let content = try parts.store.read { snapshot in
            try Ticket.find(token, .refreshToken, at: facts.now, snapshot)
        }
        guard let content else {
            throw OAuthRefusal(.tokenExpired, "The refresh token is not valid, or has expired. Please sign in again.")
        }
        let grant = try LoginGrant.open(content, of: token, parts.vault)
        guard grant.client == body.clientId, grant.thumbprint == proof.thumbprint else {
            throw OAuthRefusal.invalid("The refresh token was given to another client or key.")
        }
        return facts.signedIn(as: try caller(grant, token, facts))
    }

    private func caller(_ grant: LoginGrant, _ refreshToken: String, _ facts: RequestFacts) throws -> Caller {
        let session = LoginGrant.session(of: refreshToken)
        guard let credential = try grant.credential(at: facts.now, in: session, facts.region, parts) else {
            throw OAuthRefusal(
                .credentialsChanged, "The password was changed since the sign-in. Please sign in again.")
        }
        return .signedIn(credential)
    }

    /// That of a code, which nobody who has not this vault can tell.
    private func refreshToken(of code: String) throws -> String {
        let key = try parts.vault.derive(.refreshTokens)
        return Hexadecimal.string(HMACSHA256.authenticate(Array(code.utf8), key: key))
    }

    // MARK: The answer

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        let body = input.tokenInput
        return .ask(
            Action("signin", "CreateOAuth2Token"), on: Authorizing.resource(facts.region, target), of: target,
            keys: [
                ConditionEntry(.signinOAuthClientId, body.clientId),
                // Tools have no secret of their own.
                ConditionEntry(.signinOAuthClientAuthentication, "none"),
                ConditionEntry(.signinOAuthGrantType, body.grantType),
                ConditionEntry(.signinOAuthRedirectUri, body.redirectUri),
            ].compactMap { $0 })
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (body, facts) = (input.tokenInput, permit.facts)
        guard let session = facts.caller.session else { throw Failure.internalFailure }
        let seconds = min(Int64(CreateOAuth2Token.life), session.expires.seconds - facts.now.seconds)
        guard seconds > 0 else {
            throw OAuthRefusal(.tokenExpired, "The session is over. Please sign in again.")
        }
        let expires = facts.now + .seconds(seconds)
        let keys = try parts.issuer.issue(
            facts.caller.principal, session.renewed(issued: session.issued, expires: expires))
        var output = Signin.CreateOAuth2TokenResponseBody(
            accessToken: Signin.AccessToken(
                accessKeyId: keys.accessKeyID, secretAccessKey: keys.secret, sessionToken: keys.token),
            tokenType: "aws_sigv4", expiresIn: Int(seconds),
            refreshToken: try body.refreshToken ?? refreshToken(of: body.code ?? ""))
        if body.refreshToken == nil { output.idToken = try idToken(body.clientId, facts, until: expires) }
        return Output(tokenOutput: output)
    }

    /// Who signed in, for the tool to show. Only this server can check its signature.
    private func idToken(_ client: String, _ facts: RequestFacts, until expires: Instant) throws -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("sub", facts.caller.principal.arn ?? "")
        json.member("aud", client)
        json.member("iss", "https://signin.aws.amazon.com/signin")
        json.key("iat")
        json.integer(facts.now.seconds)
        json.key("exp")
        json.integer(expires.seconds)
        json.endObject()
        let head = Base64URL.encode(Array(#"{"typ":"JWT","alg":"HS256"}"#.utf8))
        let text = head + "." + Base64URL.encode(json.bytes)
        let key = try parts.vault.derive(.identityTokens)
        return text + "." + Base64URL.encode(HMACSHA256.authenticate(Array(text.utf8), key: key))
    }

    func recording(_ input: Input, of target: AccountID?, _ facts: RequestFacts) -> Recording {
        Recording(
            isReadOnly: true, request: .json(Authorizing.parameters(["client_id": input.tokenInput.clientId])),
            additionalData: Authorizing.success)
    }

    /// A denial is told with its OAuth error.
    func told(_ error: any ServiceError, about target: AccountID?) -> any ServiceError {
        guard let denied = error as? AccessDenied else { return error }
        return OAuthRefusal(.insufficientPermissions, denied.message)
    }
}
