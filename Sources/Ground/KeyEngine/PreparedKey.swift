import Crypto

/// A key made ready for use in this process: its schedule, its numbers, or its inner digest.
enum PreparedKey: Sendable {
    case aes(AESGCM)
    case texts(TextKeys)
    case mac(MACKey)
    case pair(KeyPair)

    /// - Parameter isOurs: whether it comes out of our own wrapping, and was checked when it went in.
    /// - Throws: `.invalid` where the material is not of the kind.
    init(_ material: borrowing SecretBytes, as kind: KeyMaterialKind, isOurs: Bool = false) throws(KeyEngineError) {
        if let count = kind.byteCount, material.count != count {
            throw .invalid("the key material has \(material.count) bytes; a key of this kind has \(count)")
        }
        switch kind {
        case .aes256: self = .aes(AESGCM(key: material))
        case .textKeys: self = .texts(TextKeys(material))
        case .hmac(let algorithm): self = .mac(MACKey(algorithm, key: material))
        case .pair(let kind):
            do { self = .pair(try KeyPair(kind, pkcs8: material, checksHalves: !isOurs)) } catch {
                throw .invalid("the key material is not a key of this kind in PKCS #8")
            }
        }
    }

    var publicKey: [UInt8]? {
        if case .pair(let pair) = self { pair.publicKey } else { nil }
    }
}
