import Crypto
import Formats
public import KeyVault

/// Makes the secrets of access keys, seals them for the store, opens them for the check of a signature.
public struct KeySecrets: Sendable {
    private let vault: any KeyVault

    public init(_ vault: any KeyVault) { self.vault = vault }

    /// A new secret of forty characters, and its sealed form.
    func make(for keyID: String) throws -> (secret: String, sealed: [UInt8]) {
        let secret = Base64.encode(SecureRandom.bytes(30))
        return (secret, try seal(secret, for: keyID))
    }

    /// Bound to the key's id: sealed bytes moved to another row do not open.
    func seal(_ secret: String, for keyID: String) throws -> [UInt8] {
        try vault.seal(Array(secret.utf8), for: .accessKeySecrets, context: SealContext(keyID))
    }

    func open(_ sealed: [UInt8], of keyID: String) throws -> SecretBytes {
        try vault.unsealSecret(sealed, for: .accessKeySecrets, context: SealContext(keyID))
    }

    /// The private key of a server certificate, bound to the certificate's id. Only what serves with it will open it.
    func seal(privateKey: String, of certificateID: String) throws -> [UInt8] {
        try vault.seal(Array(privateKey.utf8), for: .serverCertificateKeys, context: SealContext(certificateID))
    }
}
