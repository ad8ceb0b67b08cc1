import AWS
import Door
import IAMAPI
import Storage
import World

/// A SAML identity provider: whose assertions roles may be assumed with. Its metadata stays in the store.
/// - Source: IAM User Guide, "Create a SAML identity provider in IAM".
struct SAMLProvider: Provider {
    static let kind = "saml-provider"

    let account: AccountID
    let name: String
    let id: String
    let created: Instant
    /// `Required` or `Allowed`; nil where nothing was said.
    let encryption: String?
    let validUntil: Instant
    /// Which metadata it has: another number, another text.
    let document: Int64

    var arn: String { SAMLProvider.arn(account, name) }
    /// What is not required is allowed.
    var mode: IAM.AssertionEncryptionModeType { .init(rawValue: encryption ?? "Allowed") }

    static func arn(_ account: AccountID, _ name: String) -> String { "arn:aws:iam::\(account):\(kind)/\(name)" }

    init(
        account: AccountID, name: String, id: String, created: Instant, encryption: String?, validUntil: Instant
    ) {
        (self.account, self.name, self.id, self.created) = (account, name, id, created)
        (self.encryption, self.validUntil, document) = (encryption, validUntil, 1)
    }

    private init(_ row: borrowing Row) throws {
        account = try AccountID.stored(row.text(0))
        (name, id, created) = (row.text(1), row.text(2), Instant(milliseconds: row.int(3)))
        (encryption, validUntil, document) = (row.textOrNull(4), Instant(milliseconds: row.int(5)), row.int(6))
    }

    static func find(_ name: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Self? {
        try snapshot.first(
            """
            SELECT account, name, id, created, encryption, valid_until, document FROM iam_saml_provider
            WHERE account = ? AND name_key = ?
            """, .text(account.description), .text(name.lowercased()), make: Self.init)
    }

    static func find(arn text: String, for facts: RequestFacts, _ snapshot: borrowing Snapshot) throws -> FoundProvider<
        Self
    > {
        let arn = try ProviderARN(text, kind: kind, for: facts)
        let named = try find(arn.name, in: arn.account, snapshot)
        let record = named.flatMap { $0.name.hasSameBytes(as: arn.name) ? $0 : nil }
        return FoundProvider(
            record, arn: text, in: arn.account, tags: try record.map { try Tags.of($0.id, snapshot) } ?? [],
            missing: "Manifest not found for arn \(text)")
    }

    static func all(in account: AccountID, _ snapshot: borrowing Snapshot) throws -> [Self] {
        try snapshot.rows(
            """
            SELECT account, name, id, created, encryption, valid_until, document FROM iam_saml_provider
            WHERE account = ? ORDER BY name_key
            """, .text(account.description), each: Self.init)
    }

    /// Which document the provider of that id has now; nil where there is no such provider.
    static func document(of id: String, _ snapshot: borrowing Snapshot) throws -> (number: Int64, text: String)? {
        try snapshot.first(
            """
            SELECT document, text FROM iam_saml_provider JOIN iam_saml_metadata ON provider = id WHERE id = ?
            """, .text(id)
        ) { ($0.int(0), $0.text(1)) }
    }

    /// Its metadata, which is long: read only where it is looked at.
    func metadata(_ snapshot: borrowing Snapshot) throws -> String {
        try snapshot.first("SELECT text FROM iam_saml_metadata WHERE provider = ?", .text(id)) { $0.text(0) } ?? ""
    }

    func setMetadata(_ text: String, in transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_saml_metadata (provider, text) VALUES (?, ?)
            ON CONFLICT (provider) DO UPDATE SET text = excluded.text
            """, .text(id), .text(text))
    }

    func insert(in transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_saml_provider (account, name_key, name, id, created, encryption, valid_until)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, .text(account.description), .text(name.lowercased()), .text(name), .text(id),
            .int(created.milliseconds), .textOrNull(encryption), .int(validUntil.milliseconds))
    }
}
