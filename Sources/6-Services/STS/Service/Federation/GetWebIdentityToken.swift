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
/// - Source: STS API Reference, "GetWebIdentityToken"; IAM User Guide, "Understanding token claims".
struct GetWebIdentityToken: Query {
    typealias Shape = STS.GetWebIdentityToken
    let issuers: any OutboundTokens
    let identifiers: Identifiers

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> String? {
        guard ["RS256", "ES384"].contains(input.signingAlgorithm) else {
            throw Invalid("The signing algorithm is RS256 or ES384.")
        }
        return try issuers.issuer(of: facts.signedAccount(), in: snapshot)
    }

    func access(_ input: Input, to target: String?, for facts: RequestFacts) throws -> Access {
        let account = try facts.signedAccount()
        var keys = [
            ConditionEntry(.stsIdentityTokenAudience, input.audience),
            ConditionEntry(.stsSigningAlgorithm, input.signingAlgorithm),
            ConditionEntry(.stsDurationSeconds, String(input.durationSeconds ?? GetWebIdentityToken.seconds)),
        ]
        guard let tags = input.tags, !tags.isEmpty else {
            return .ask(Action("sts", "GetWebIdentityToken"), on: "*", of: account, keys: keys)
        }
        keys += tags.map { ConditionEntry(.awsRequestTag($0.key), $0.value) }
        keys.append(ConditionEntry(.awsTagKeys, tags.map(\.key)))
        return .ask(
            ["GetWebIdentityToken", "TagGetWebIdentityToken"].map {
                Ask(Action("sts", $0), on: "*", of: account, keys: keys)
            })
    }

    /// Where the caller says nothing.
    private static let seconds = 300
    /// Of the claims as JSON, in bytes. AWS's documentation tells that there is a limit, and not which.
    /// - Source: as measured by radkawar/stackd, `docs/iam-outbound-identity.md`, commit 9dc356f.
    private static let limit = 14_984

    func answer(
        _ input: Input, under permit: borrowing Permit<String?>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let facts = permit.facts
        guard let issuer = permit.target else {
            throw STS.OutboundWebIdentityFederationDisabledException(
                message: "Outbound web identity federation is not enabled for this account.")
        }
        let expires = facts.now + .seconds(input.durationSeconds ?? GetWebIdentityToken.seconds)
        // A token must not outlive the credentials it was asked for with.
        if let session = facts.caller.session, expires > session.expires {
            throw STS.SessionDurationEscalationException(
                message: "The requested token duration would extend the session beyond its original expiration time.")
        }
        var pairs: [(key: String, value: String)] = []
        for tag in input.tags ?? [] { pairs.append((tag.key, tag.value)) }
        do throws(BroughtTags.Refusal) { _ = try BroughtTags(pairs, transitive: []) } catch {
            throw Invalid(error.message)
        }
        let claims = try claims(input, issuer, expires, facts, snapshot)
        guard claims.count <= GetWebIdentityToken.limit else {
            throw STS.JWTPayloadSizeExceededException(
                message: "The requested token payload size exceeds the maximum allowed size.")
        }
        let token = try issuers.token(
            claims, algorithm: input.signingAlgorithm, of: facts.signedAccount(), in: snapshot)
        return Output(webIdentityToken: token, expiration: Instant(seconds: expires.seconds))
    }

    private func claims(
        _ input: Input, _ issuer: String, _ expires: Instant, _ facts: RequestFacts, _ snapshot: borrowing Snapshot
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
        json.member("jti", identifiers.uuid())
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
