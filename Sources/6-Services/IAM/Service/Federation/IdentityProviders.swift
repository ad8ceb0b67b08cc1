public import AWS
public import Door
import Federation
public import Storage
public import World

/// The providers of all accounts, for whoever checks their tokens and assertions.
public struct IdentityProviders: IdentityProviderDirectory {
    private let store: Store
    private let keys: SAMLKeys

    /// How much longer than an assertion is good its use is remembered: for requests that were long under way, and clocks
    /// that were put back.
    private static let memory = Duration.seconds(3600)

    /// - Parameter keys: opens what encrypted assertions need.
    public init(_ store: Store, _ keys: SAMLKeys) { (self.store, self.keys) = (store, keys) }

    /// By the whole URL: another scheme is another issuer. Where there is none of that URL, by the URL without the port that it
    /// has anyway, as providers are made.
    public func openIDConnectProvider(issuer: String, in account: AccountID) throws -> OpenIDConnectIdentity? {
        if let found = try provider(issuer, account) { return found }
        guard let usual = IssuerURL(issuer)?.withoutUsualPort.description, !usual.hasSameBytes(as: issuer) else {
            return nil
        }
        return try provider(usual, account)
    }

    private func provider(_ issuer: String, _ account: AccountID) throws -> OpenIDConnectIdentity? {
        try store.read { snapshot throws -> OpenIDConnectIdentity? in
            guard let name = issuer.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last,
                let provider = try OpenIDConnectProvider.find(String(name), in: account, snapshot),
                provider.url.hasSameBytes(as: issuer)
            else { return nil }
            return OpenIDConnectIdentity(
                arn: provider.arn, url: provider.url,
                clientIDs: try OpenIDConnectProvider.clients(of: provider.id, snapshot),
                thumbprints: provider.thumbprints)
        }
    }

    /// Its private keys are opened when they are needed.
    public func samlProvider(arn text: String) throws -> SAMLIdentity? {
        guard let arn = ARN(text), arn.service == "iam", let account = arn.accountID,
            arn.resource.hasPrefix(SAMLProvider.kind + "/")
        else { return nil }
        let name = String(arn.resource.dropFirst(SAMLProvider.kind.count + 1))
        return try store.read { snapshot throws -> SAMLIdentity? in
            guard let provider = try SAMLProvider.find(name, in: account, snapshot), provider.arn.hasSameBytes(as: text)
            else { return nil }
            let sealed = try snapshot.rows("SELECT id, sealed FROM iam_saml_key WHERE provider = ?", .text(provider.id))
            {
                ($0.text(0), $0.blob(1))
            }
            return SAMLIdentity(
                arn: text, document: SAMLDocument(of: provider.id, number: provider.document), name: provider.name,
                account: account, metadata: { [store] in try IdentityProviders.metadata(of: provider.id, store) },
                requiresEncryption: provider.encryption == "Required", validUntil: provider.validUntil,
                privateKeys: { [keys] in try sealed.map { try keys.open($0.1, of: $0.0) } })
        }
    }

    /// With its number, from one snapshot.
    private static func metadata(
        of id: String, _ store: Store
    ) throws -> (document: SAMLDocument, text: String)? {
        try store.read { snapshot in
            try SAMLProvider.document(of: id, snapshot).map { (SAMLDocument(of: id, number: $0.number), $0.text) }
        }
    }

    /// In the store, so that a restart forgets nothing.
    public func useAssertion(
        _ digest: [UInt8], of provider: String, now: Instant, until expires: Instant
    ) async throws -> Bool {
        try await store.write(.synced) { transaction in
            try transaction.run("DELETE FROM iam_saml_use WHERE expires <= ?", .int(now.milliseconds))
            return try transaction.run(
                // Only while the provider is there: it may have been deleted since its metadata was read.
                """
                INSERT OR IGNORE INTO iam_saml_use (digest, expires)
                    SELECT ?2, ?3 FROM iam_saml_provider WHERE id = ?1
                """, .text(provider), .blob(digest), .int((expires + IdentityProviders.memory).milliseconds)) > 0
        }
    }
}
