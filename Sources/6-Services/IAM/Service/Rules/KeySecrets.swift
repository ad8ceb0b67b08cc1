import Crypto
import Formats
import KeyVault

/// Makes the secrets of access keys, seals them for the store, opens them for the check of a signature.
package struct KeySecrets: Sendable {
    private let vault: KeyVault

    package init(_ vault: KeyVault) { self.vault = vault }

    /// A new secret of forty characters, and its sealed form. It is bound to the key's id: sealed bytes moved to another
    /// row do not open.
    func make(for keyID: String) throws -> (secret: String, sealed: [UInt8]) {
        let secret = Base64.encode(SecureRandom.bytes(30))
        return (secret, try seal(secret, for: keyID))
    }

    func seal(_ secret: String, for keyID: String) throws -> [UInt8] {
        try vault.seal(Array(secret.utf8), context: KeySecrets.context(keyID))
    }

    func open(_ sealed: [UInt8], of keyID: String) throws -> [UInt8] {
        try vault.unseal(sealed, context: KeySecrets.context(keyID))
    }

    private static func context(_ keyID: String) -> [UInt8] { Array("access-key-secret ".utf8) + Array(keyID.utf8) }
}
