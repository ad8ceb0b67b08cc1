public import AWS
public import Authentication
public import Door
public import World

/// Gives sign-in its temporary credentials.
public struct IssuedSessions: SessionIssuer {
    private let tokens: SessionTokens
    private let identifiers: Identifiers

    /// - Parameter identifiers: for the ids of access keys.
    public init(_ tokens: SessionTokens, _ identifiers: Identifiers) {
        (self.tokens, self.identifiers) = (tokens, identifiers)
    }

    /// With a key id of its own.
    public func issue(_ principal: Principal, _ session: SessionFacts) throws -> TemporaryKeys {
        guard let account = principal.account else { throw Invalid("Nobody can be given credentials.") }
        let id = AccessKeyID.make(.temporary, account, random: identifiers.bytes(5))
        let (secret, token) = try tokens.issue(SessionGrant(principal, session), accessKeyID: id)
        return TemporaryKeys(accessKeyID: id, secret: secret, token: token)
    }
}
