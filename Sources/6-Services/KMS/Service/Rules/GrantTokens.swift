import KMSAPI

/// Tokens of grants. Every grant is in force here as soon as it is made, so a token changes nothing; one that is none is
/// refused.
/// - Source: KMS Developer Guide, "Using a grant token".
enum GrantTokens {
    /// - Throws: `InvalidGrantTokenException` for what can be no token.
    static func check(_ tokens: [String]?) throws {
        for token in tokens ?? [] { _ = try GrantToken(token) }
    }
}
