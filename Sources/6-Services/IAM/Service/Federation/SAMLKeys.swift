import Crypto
import IAMAPI
public import KeyVault
import Storage
import World

/// The private keys of SAML providers, which open encrypted assertions: sealed in the store, each bound to its id.
/// - Source: IAM API Reference, "CreateSAMLProvider": AddPrivateKey.
public struct SAMLKeys: Sendable {
    private let vault: any KeyVault
    private static let purpose = KeyPurpose.samlProviderKeys

    /// - Parameter vault: seals and opens them.
    public init(_ vault: any KeyVault) { self.vault = vault }

    /// Reads a key in PEM, not encrypted, RSA of at least 2,048 bits, and seals it. Throws what AWS says of others.
    func sealed(_ pem: String, for id: String) throws -> [UInt8] {
        guard let key = try? PrivateKey(pem: Array(pem.utf8)), key.isRSA, key.bits >= 2048, var der = try? key.der()
        else {
            throw IAM.InvalidInputException(
                message: "The private key must be an RSA key of at least 2048 bits in PEM, not encrypted.")
        }
        defer { der.zero() }
        return try vault.seal(der, for: SAMLKeys.purpose, context: SealContext(id))
    }

    /// In DER. Whoever has it zeroes it.
    func open(_ sealed: [UInt8], of id: String) throws -> [UInt8] {
        try vault.unseal(sealed, for: SAMLKeys.purpose, context: SealContext(id))
    }

    static func insert(
        _ id: String, sealed: [UInt8], of provider: String, now: Instant, _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            "INSERT INTO iam_saml_key (id, provider, sealed, created) VALUES (?, ?, ?, ?)", .text(id), .text(provider),
            .blob(sealed), .int(now.milliseconds))
        let count = try transaction.number("SELECT count(*) FROM iam_saml_key WHERE provider = ?", .text(provider))
        guard count <= ProviderLimits.privateKeys else {
            throw IAM.LimitExceededException(message: "Private key limit of \(ProviderLimits.privateKeys) is reached.")
        }
    }

    static func list(of provider: String, _ snapshot: borrowing Snapshot) throws -> [IAM.SAMLPrivateKey] {
        try snapshot.rows(
            "SELECT id, created FROM iam_saml_key WHERE provider = ? ORDER BY created, id", .text(provider)
        ) { IAM.SAMLPrivateKey(keyId: $0.text(0), timestamp: Instant(milliseconds: $0.int(1))) }
    }
}
