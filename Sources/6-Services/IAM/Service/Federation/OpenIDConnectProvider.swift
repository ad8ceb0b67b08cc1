import AWS
import Door
import IAMAPI
import Storage
import World

/// An OpenID Connect provider: an issuer of tokens that roles may be assumed with.
/// - Source: IAM User Guide, "Create an OpenID Connect (OIDC) identity provider in IAM".
struct OpenIDConnectProvider: Provider {
    static let kind = "oidc-provider"

    let account: AccountID
    /// The URL without its scheme.
    let name: String
    /// As given when it was made, but for port 443: what tokens call their issuer.
    let url: String
    let id: String
    let created: Instant
    /// In hexadecimal digits, in the order given; in small letters but for those given to older servers.
    let thumbprints: [String]

    var arn: String { OpenIDConnectProvider.arn(account, name) }

    static func arn(_ account: AccountID, _ name: String) -> String { "arn:aws:iam::\(account):\(kind)/\(name)" }

    init(account: AccountID, name: String, url: String, id: String, created: Instant, thumbprints: [String]) {
        (self.account, self.name, self.url, self.id) = (account, name, url, id)
        (self.created, self.thumbprints) = (created, thumbprints)
    }

    private init(_ row: borrowing Row) throws {
        account = try AccountID.stored(row.text(0))
        (name, url, id) = (row.text(1), row.text(2), row.text(3))
        created = Instant(milliseconds: row.int(4))
        thumbprints = row.text(5).split(separator: ",").map(String.init)
    }

    static func find(_ name: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Self? {
        try snapshot.first(
            """
            SELECT account, name, url, id, created, thumbprints FROM iam_oidc_provider WHERE account = ? AND name = ?
            """, .text(account.description), .text(name), make: Self.init)
    }

    static func find(arn text: String, for facts: RequestFacts, _ snapshot: borrowing Snapshot) throws -> FoundProvider<
        Self
    > {
        let arn = try ProviderARN(text, kind: kind, for: facts)
        let record = try find(arn.name, in: arn.account, snapshot)
        return FoundProvider(
            record, arn: text, in: arn.account, tags: try record.map { try Tags.of($0.id, snapshot) } ?? [],
            missing: "OpenIDConnect Provider not found for arn \(text)")
    }

    static func all(in account: AccountID, _ snapshot: borrowing Snapshot) throws -> [Self] {
        try snapshot.rows(
            """
            SELECT account, name, url, id, created, thumbprints FROM iam_oidc_provider WHERE account = ? ORDER BY name
            """, .text(account.description), each: Self.init)
    }

    /// In the order in which they were given.
    static func clients(of id: String, _ snapshot: borrowing Snapshot) throws -> [String] {
        try snapshot.rows("SELECT client FROM iam_oidc_client WHERE provider = ? ORDER BY position", .text(id)) {
            $0.text(0)
        }
    }

    func insert(clients: [String], in transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO iam_oidc_provider (account, name, url, id, created, thumbprints) VALUES (?, ?, ?, ?, ?, ?)",
            .text(account.description), .text(name), .text(url), .text(id), .int(created.milliseconds),
            .text(thumbprints.joined(separator: ",")))
        for client in clients { try OpenIDConnectProvider.add(client, to: id, &transaction) }
    }

    static func add(_ client: String, to id: String, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT OR IGNORE INTO iam_oidc_client (provider, client) VALUES (?, ?)", .text(id), .text(client))
        let count = try transaction.number("SELECT count(*) FROM iam_oidc_client WHERE provider = ?", .text(id))
        guard count <= ProviderLimits.clients else {
            throw Quota.exceeded("ClientIdsPerOpenIdConnectProvider", ProviderLimits.clients)
        }
    }
}

/// How many of each there may be.
/// - Source: IAM and STS quotas.
enum ProviderLimits {
    /// OpenID Connect providers of an account.
    static let openIDConnect = 100
    /// SAML providers of an account.
    static let saml = 100
    static let clients = 100
    static let thumbprints = 5
    /// Private keys of a SAML provider.
    static let privateKeys = 2
}
