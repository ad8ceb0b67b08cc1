import Crypto
import PKCS11

/// What seals the keys of the second form of the root's file.
protocol DataKeySealer: Sendable {
    /// Nonce, sealed key and tag.
    func seal(_ key: borrowing SecretBytes, use: String, header: [UInt8]) throws(KeyVaultError) -> [UInt8]
    func open(_ sealed: [UInt8], use: String, header: [UInt8]) throws(KeyVaultError) -> SecretBytes
}

/// By a root in this process.
struct SoftwareSealer: DataKeySealer {
    private let gcm: AESGCM

    init(_ root: borrowing SecretBytes) {
        gcm = AESGCM(
            key: HKDF.derive(
                from: root, salt: Array("gatehouse vault 2".utf8), info: Array("data keys".utf8),
                count: AESGCM.keyByteCount))
    }

    func seal(_ key: borrowing SecretBytes, use: String, header: [UInt8]) -> [UInt8] {
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        return nonce + gcm.seal(key, nonce: nonce, associated: header + Array(use.utf8))
    }

    func open(_ sealed: [UInt8], use: String, header: [UInt8]) throws(KeyVaultError) -> SecretBytes {
        let count = AESGCM.nonceByteCount
        do {
            return try gcm.openSecret(
                sealed.dropFirst(count), nonce: Array(sealed.prefix(count)), associated: header + Array(use.utf8))
        } catch { throw .notOpened }
    }
}

/// By a root in a token.
struct DeviceSealer: DataKeySealer {
    let root: TokenRoot

    func seal(_ key: borrowing SecretBytes, use: String, header: [UInt8]) throws(KeyVaultError) -> [UInt8] {
        do { return try root.seal(key, associated: header + Array(use.utf8)) } catch { throw .device("\(error)") }
    }

    func open(_ sealed: [UInt8], use: String, header: [UInt8]) throws(KeyVaultError) -> SecretBytes {
        do { return try root.open(sealed, associated: header + Array(use.utf8)) } catch {
            if error == .unopened { throw .notOpened }
            throw .device("\(error)")
        }
    }
}
