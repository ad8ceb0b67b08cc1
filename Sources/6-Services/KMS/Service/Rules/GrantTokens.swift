import Door
import KMSAPI
import Storage

/// Tokens of grants. Every grant is in force here as soon as it is made, so a token changes nothing; one that is none, or
/// of a grant that is not there, is refused.
/// - Source: KMS Developer Guide, "Using a grant token".
enum GrantTokens {
    /// - Throws: `InvalidGrantTokenException` for what is no token of a grant of the Region.
    static func check(_ tokens: [String]?, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) throws {
        for text in tokens ?? [] { _ = try grant(of: GrantToken(text), facts, snapshot) }
    }

    /// The grant that a token was given for.
    static func grant(of token: GrantToken, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) throws -> Grant {
        guard let grant = try Grant.find(token.grantID, in: facts.region, snapshot) else { throw GrantToken.invalid }
        try token.check(grant.secret)
        return grant
    }
}
