import AWS
import Authentication
import Crypto
import Door
import Formats
import STSAPI
import Storage
import World

/// A token that names the caller to a service elsewhere, which checks it with the keys of the account's issuer.
///
/// No account here is in an organization, so that `org_id` and `ou_path` are in no token.
/// - Source: STS API Reference, "GetWebIdentityToken"; IAM User Guide, "Understanding token claims"; the resource that is
///   asked about, the words and their order as captured from AWS in radkawar/stackd,
///   `testdata/aws/iam/outbound_identity.json`, commit 9dc356f.
struct GetWebIdentityToken: Query {
    typealias Shape = STS.GetWebIdentityToken
    let issuers: any OutboundTokens
    let identifiers: Identifiers

    /// What a token will be of.
    struct Target: Sendable {
        /// Nil where the account gives no tokens.
        let issuer: String?
        /// The token's own id: its claim `jti`, by which the record of the call tells of it.
        let tokenID: String
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        guard ["RS256", "ES384"].contains(input.signingAlgorithm) else {
            throw Invalid(
                "Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported "
                    + "algorithms")
        }
        return Target(
            issuer: try issuers.issuer(of: facts.signedAccount(), in: snapshot), tokenID: identifiers.uuid())
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let account = try facts.signedAccount()
        let own = "arn:aws:sts::\(account):self"
        var keys = [
            ConditionEntry(.stsIdentityTokenAudience, input.audience),
            ConditionEntry(.stsSigningAlgorithm, input.signingAlgorithm),
            ConditionEntry(.stsDurationSeconds, String(input.durationSeconds ?? GetWebIdentityToken.seconds)),
        ]
        guard let tags = input.tags, !tags.isEmpty else {
            return .ask(Action("sts", "GetWebIdentityToken"), on: own, of: account, keys: keys)
        }
        keys += tags.map { ConditionEntry(.awsRequestTag($0.key), $0.value) }
        keys.append(ConditionEntry(.awsTagKeys, tags.map(\.key)))
        return .ask(
            ["GetWebIdentityToken", "TagGetWebIdentityToken"].map {
                Ask(Action("sts", $0), on: own, of: account, keys: keys)
            })
    }

    /// Who has the token can find the call that it was given by, and the other way round.
    /// - Source: IAM User Guide, "Auditing cross-partition identity federation", for the name; that it is `jti`, and what
    ///   stands beside it, as seen in CloudTrail by mahitotsu/gekko_08, `experiments/cloudtrail-records/RESULTS.md`.
    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        var recording = Recording.shape
        if let target { recording.answered = ["webIdentityTokenId": target.tokenID] }
        return recording
    }

    func responseElements(_ output: Output) -> Recording.Elements { .shape }

    /// Where the caller says nothing.
    private static let seconds = 300
    /// Of the claims as JSON, in bytes. AWS's documentation tells that there is a limit, and not which.
    /// - Source: as measured by radkawar/stackd, `docs/iam-outbound-identity.md`, commit 9dc356f.
    private static let limit = 14_984

    func answer(
        _ input: Input, under permit: borrowing Permit<Target>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let facts = permit.facts
        let expires = facts.now + .seconds(input.durationSeconds ?? GetWebIdentityToken.seconds)
        // A token must not outlive the credentials it was asked for with.
        if let session = facts.caller.session, expires > session.expires {
            throw STS.SessionDurationEscalationException(
                message: "Requested token expiry time must be before the original session's expiry time.")
        }
        let pairs = (input.tags ?? []).map { (key: $0.key, value: $0.value) }
        do throws(BroughtTags.Refusal) { _ = try BroughtTags(pairs, transitive: []) } catch {
            throw error.isRepetition ? InvalidParameterValue(error.message) : Invalid(error.message)
        }
        guard let issuer = permit.target.issuer else {
            throw STS.OutboundWebIdentityFederationDisabledException(
                message: "OutboundWebIdentityFederation is disabled.")
        }
        let claims = try claims(input, issuer, id: permit.target.tokenID, expires, facts, snapshot)
        guard claims.count <= GetWebIdentityToken.limit else {
            throw STS.JWTPayloadSizeExceededException(
                message: "The requested token payload size exceeds the maximum allowed size.")
        }
        let token = try issuers.token(
            claims, algorithm: input.signingAlgorithm, of: facts.signedAccount(), in: snapshot)
        return Output(webIdentityToken: token, expiration: Instant(seconds: expires.seconds))
    }

    private func claims(
        _ input: Input, _ issuer: String, id: String, _ expires: Instant, _ facts: RequestFacts,
        _ snapshot: borrowing Snapshot
    ) throws -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("iss", issuer)
        json.key("aud")
        if input.audience.count == 1 {
            json.string(input.audience[0])
        } else {
            json.beginArray()
            for audience in input.audience { json.string(audience) }
            json.endArray()
        }
        let subject = subject(facts.caller.principal)
        json.member("sub", subject)
        json.key("iat")
        json.integer(facts.now.seconds)
        json.key("exp")
        json.integer(expires.seconds)
        json.member("jti", id)
        json.key("https://sts.amazonaws.com/")
        json.beginObject()
        json.member("aws_account", try facts.signedAccount().description)
        json.member("source_region", facts.region.description)
        json.member("principal_id", subject)
        if let session = facts.caller.session {
            json.member("original_session_exp", session.expires.iso8601)
            if let source = session.sourceIdentity { json.member("source_identity", source) }
            if let provider = session.federatedProvider { json.member("federated_provider", provider) }
        }
        var tags: [String: String] = [:]
        for tag in try issuers.tags(of: facts.caller.principal, in: snapshot) { tags[tag.key] = tag.value }
        for (key, value) in facts.caller.session?.tags ?? [:] {
            for other in tags.keys where other.lowercased() == key.lowercased() { tags[other] = nil }
            tags[key] = value
        }
        object("principal_tags", tags, &json)
        var given: [String: String] = [:]
        for tag in input.tags ?? [] { given[tag.key] = tag.value }
        object("request_tags", given, &json)
        json.endObject()
        json.endObject()
        return json.bytes
    }

    private func object(_ name: String, _ members: [String: String], _ json: inout JSONWriter) {
        guard !members.isEmpty else { return }
        json.key(name)
        json.beginObject()
        for (key, value) in members.sorted(by: { $0.key < $1.key }) { json.member(key, value) }
        json.endObject()
    }

    /// A role's session is its role: who is trusted elsewhere should not hang on the name of a session.
    private func subject(_ principal: Principal) -> String {
        if case .roleSession(let session) = principal { return session.roleARN }
        return principal.arn ?? ""
    }
}
