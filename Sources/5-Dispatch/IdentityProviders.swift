public import AWS
public import Storage
public import World

/// The identity providers of accounts, as whoever checks their tokens and assertions sees them.
public protocol IdentityProviderDirectory: Sendable {
    /// The account's OpenID Connect provider with that URL.
    func openIDConnectProvider(issuer: String, in account: AccountID) throws -> OpenIDConnectIdentity?
    /// The SAML provider of that ARN.
    func samlProvider(arn: String) throws -> SAMLIdentity?
    /// Writes down that an assertion was used. False where it was before, by whichever provider.
    /// - Parameters:
    ///   - digest: SHA-256 of what was signed.
    ///   - provider: the unique id of the one it is used with, which must still be there.
    ///   - expires: from when on the assertion is not good any more.
    func useAssertion(_ digest: [UInt8], of provider: String, now: Instant, until expires: Instant) async throws -> Bool
}

/// An OpenID Connect provider that an account trusts.
public struct OpenIDConnectIdentity: Sendable {
    public let arn: String
    /// What its tokens call their issuer.
    public let url: String
    public let clientIDs: [String]
    /// SHA-1 of certificates, in hexadecimal digits.
    public let thumbprints: [String]

    /// As the account keeps it.
    public init(arn: String, url: String, clientIDs: [String], thumbprints: [String]) {
        (self.arn, self.url, self.clientIDs, self.thumbprints) = (arn, url, clientIDs, thumbprints)
    }
}

/// The metadata of a SAML provider at some time: where two are equal, the text is the same.
public struct SAMLDocument: Sendable, Hashable {
    /// The provider's unique id.
    public let provider: String
    /// Counts how often the provider was given another text.
    public let number: Int64

    /// As the account keeps it.
    public init(of provider: String, number: Int64) { (self.provider, self.number) = (provider, number) }
}

/// A SAML provider that an account trusts.
public struct SAMLIdentity: Sendable {
    public let arn: String
    /// Its unique id, which a later provider of the same name does not have.
    public let id: String
    public let name: String
    public let account: AccountID
    /// Which metadata it has.
    public let document: SAMLDocument
    /// Reads the metadata, which may be ten million characters; nil where the provider is gone.
    public let metadata: @Sendable () throws -> (document: SAMLDocument, text: String)?
    public let requiresEncryption: Bool
    public let validUntil: Instant
    /// Opens the keys that open encrypted assertions, in DER. Whoever has them zeroes them.
    public let privateKeys: @Sendable () throws -> [[UInt8]]

    /// As the account keeps it.
    public init(
        arn: String, document: SAMLDocument, name: String, account: AccountID,
        metadata: @escaping @Sendable () throws -> (document: SAMLDocument, text: String)?, requiresEncryption: Bool,
        validUntil: Instant, privateKeys: @escaping @Sendable () throws -> [[UInt8]]
    ) {
        (self.arn, id, self.name, self.account, self.metadata) = (arn, document.provider, name, account, metadata)
        self.document = document
        (self.requiresEncryption, self.validUntil, self.privateKeys) = (requiresEncryption, validUntil, privateKeys)
    }
}

/// Who signs tokens that name an account's identities to services elsewhere.
public protocol OutboundTokens: Sendable {
    /// The account's issuer; nil where the account has not enabled one.
    func issuer(of account: AccountID, in snapshot: borrowing Snapshot) throws -> String?
    /// The tags that a principal has beside its session's.
    func tags(of principal: Principal, in snapshot: borrowing Snapshot) throws -> [(key: String, value: String)]
    /// A token of those claims. - Parameter algorithm: `RS256` or `ES384`.
    func token(
        _ claims: [UInt8], algorithm: String, of account: AccountID, in snapshot: borrowing Snapshot
    ) throws -> String
}
