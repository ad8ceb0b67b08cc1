public import AWS
import Crypto
public import Door
import Federation
import Formats
import IAMAPI
public import KeyVault
public import Storage
import World

/// The accounts' issuers of tokens for services elsewhere: their keys, sealed in the store, and their documents.
///
/// An account has one key for each algorithm, made when the issuer is first enabled. The issuer's address is this server's,
/// as whoever enabled it called it; it stays when the issuer is disabled and enabled again, and so do the keys.
/// - Source: IAM User Guide, "Federating AWS identities to external services".
public struct OutboundIssuers: OutboundTokens {
    /// Where the documents of all issuers lie; an issuer's id follows.
    public static let path = "/_gatehouse/oidc/"

    private let store: Store
    private let vault: any KeyVault
    private static let purpose = KeyPurpose.outboundIdentityKeys

    /// - Parameter vault: seals the keys.
    public init(_ store: Store, _ vault: any KeyVault) { (self.store, self.vault) = (store, vault) }

    /// A key that is to be stored: its name, its sealed private half, its public half as a JSON web key.
    struct NewKey: Sendable {
        let id: String
        let algorithm: SignatureAlgorithm
        let sealed: [UInt8]
        let shown: String
    }

    /// Takes a tenth of a second of a processor.
    func made(_ algorithm: SignatureAlgorithm, id: String) throws -> NewKey {
        let key = try PrivateKey(algorithm == .es384 ? .p384 : .rsa2048)
        var der = try key.der()
        defer { der.zero() }
        let sealed = try vault.seal(der, for: OutboundIssuers.purpose, context: SealContext(id))
        return NewKey(
            id: id, algorithm: algorithm, sealed: sealed, shown: try JSONWebKeySet.shown(key, algorithm, keyID: id))
    }

    /// Nil unless it is enabled.
    public func issuer(of account: AccountID, in snapshot: borrowing Snapshot) throws -> String? {
        try snapshot.first(
            "SELECT issuer FROM iam_outbound WHERE account = ? AND is_enabled = 1", .text(account.description)
        ) { $0.text(0) }
    }

    /// Signed with the account's key for that algorithm.
    public func token(
        _ claims: [UInt8], algorithm: String, of account: AccountID, in snapshot: borrowing Snapshot
    ) throws -> String {
        guard let algorithm = SignatureAlgorithm(rawValue: algorithm),
            let (id, sealed) = try snapshot.first(
                "SELECT id, sealed FROM iam_outbound_key WHERE account = ? AND algorithm = ?",
                .text(account.description), .text(algorithm.rawValue), make: { ($0.text(0), $0.blob(1)) })
        else { throw StorageError.corrupt("account \(account) has no key for its tokens") }
        var der = try vault.unseal(sealed, for: OutboundIssuers.purpose, context: SealContext(id))
        defer { der.zero() }
        return try JSONWebToken.signed(claims, by: PrivateKey(der: der), algorithm, keyID: id)
    }

    /// The tags of a user, or of a session's role.
    public func tags(of principal: Principal, in snapshot: borrowing Snapshot) throws -> [(key: String, value: String)]
    {
        let id: String
        switch principal {
        case .user(let user): id = user.uniqueID
        case .roleSession(let session): id = session.roleID
        default: return []
        }
        return try Tags.of(id, snapshot).map { ($0.key, $0.value) }
    }

    /// A document that anybody may read: an issuer's description, or its keys. Nil where there is none of that path.
    ///
    /// Also while the issuer is disabled: tokens that it gave before are good until they end.
    public func document(_ path: Substring) throws -> [UInt8]? {
        let parts = path.dropFirst(OutboundIssuers.path.count).split(separator: "/", maxSplits: 1)
        guard parts.count == 2, parts[0].utf8.count == 36 else { return nil }
        return try store.read { snapshot throws -> [UInt8]? in
            let found = try snapshot.first(
                "SELECT account, issuer FROM iam_outbound WHERE substr(issuer, -36) = ?", .text(String(parts[0]))
            ) { ($0.text(0), $0.text(1)) }
            guard let (account, issuer) = found else { return nil }
            switch parts[1] {
            case ".well-known/openid-configuration": return OutboundIssuers.description(issuer)
            case ".well-known/jwks.json":
                let keys = try snapshot.rows(
                    "SELECT public FROM iam_outbound_key WHERE account = ? ORDER BY algorithm DESC", .text(account)
                ) { $0.text(0) }
                return Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8)
            default: return nil
            }
        }
    }

    /// - Source: OpenID Connect Discovery 1.0, section 3.
    private static func description(_ issuer: String) -> [UInt8] {
        func list(_ key: String, _ values: [String], _ json: inout JSONWriter) {
            json.key(key)
            json.beginArray()
            for value in values { json.string(value) }
            json.endArray()
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("issuer", issuer)
        json.member("jwks_uri", issuer + "/.well-known/jwks.json")
        list("response_types_supported", ["id_token"], &json)
        list("subject_types_supported", ["public"], &json)
        list("id_token_signing_alg_values_supported", ["RS256", "ES384"], &json)
        list("claims_supported", ["aud", "exp", "iat", "iss", "jti", "sub"], &json)
        json.endObject()
        return json.bytes
    }
}
