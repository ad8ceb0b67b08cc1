public import Crypto
import PKCS11

extension DeviceKeyEngine {
    /// In the device, with a nonce of ours. Of material that came from outside and has a key for each text, that key is
    /// derived in the device, and used in this process.
    public func seal(_ clear: [UInt8], associated: [UInt8], with key: EngineKey) async throws(KeyEngineError) -> [UInt8]
    {
        if let software = software(for: key.wrapped) {
            return try await software.seal(clear, associated: associated, with: key)
        }
        switch key.kind {
        case .aes256:
            return try await wait(for: key) { keys throws(PKCS11Error) in
                try keys.seal(clear, associated: associated, with: key.bound)
            }
        case .textKeys:
            let (text, nonce) = (
                SecureRandom.bytes(TextKeys.textByteCount), SecureRandom.bytes(AESGCM.nonceByteCount)
            )
            return try await wait(for: key) { keys throws(PKCS11Error) in
                DerivedText.seal(
                    clear, with: try keys.key(of: text, with: key.bound), text: text, nonce: nonce,
                    associated: associated)
            }
        case .hmac, .pair: throw Usage.wrongKind
        }
    }

    /// As `seal`.
    public func open(_ sealed: [UInt8], associated: [UInt8], with key: EngineKey) async throws(KeyEngineError)
        -> [UInt8]
    {
        if let software = software(for: key.wrapped) {
            return try await software.open(sealed, associated: associated, with: key)
        }
        switch key.kind {
        case .aes256:
            return try await wait(for: key) { keys throws(PKCS11Error) in
                try keys.open(sealed, associated: associated, with: key.bound)
            }
        case .textKeys:
            guard let text = DerivedText.text(of: sealed) else { throw Usage.unopened }
            return try await wait(for: key) { keys throws(PKCS11Error) in
                let derived = try keys.key(of: text, with: key.bound)
                do { return try DerivedText.open(sealed, with: derived, associated: associated) } catch {
                    throw PKCS11Error.unopened
                }
            }
        case .hmac, .pair: throw Usage.wrongKind
        }
    }

    /// Always nil: the device may wait.
    public func sealNow(_ clear: [UInt8], associated: [UInt8], with key: EngineKey) throws(KeyEngineError) -> [UInt8]? {
        nil
    }

    /// Always nil: the device may wait.
    public func openNow(_ sealed: [UInt8], associated: [UInt8], with key: EngineKey) throws(KeyEngineError)
        -> [UInt8]?
    {
        nil
    }

    /// In the device.
    public func mac(_ message: [UInt8], with key: EngineKey) async throws(KeyEngineError) -> [UInt8] {
        guard case .hmac(let algorithm) = key.kind else { throw Usage.wrongKind }
        if let software = software(for: key.wrapped) { return try await software.mac(message, with: key) }
        return try await wait(for: key) { keys throws(PKCS11Error) in
            try keys.mac(message, by: algorithm, with: key.bound)
        }
    }

    /// Always nil: the device may wait.
    public func macNow(_ message: [UInt8], with key: EngineKey) throws(KeyEngineError) -> [UInt8]? { nil }

    /// In the device.
    public func sign(
        _ message: SignedMessage, by algorithm: SigningAlgorithm, with key: EngineKey
    ) async throws(KeyEngineError) -> [UInt8] {
        try Usage.check(message, algorithm, key, supports(algorithm))
        if let software = software(for: key.wrapped) {
            return try await software.sign(message, by: algorithm, with: key)
        }
        return try await wait(for: key) { keys throws(PKCS11Error) in
            try keys.sign(message, by: algorithm, with: key.bound)
        }
    }

    /// In the device; where that knows OAEP not with the digest, the padding is taken off in this process.
    public func decrypt(_ ciphertext: [UInt8], by digest: OAEPDigest, with key: EngineKey) async throws(KeyEngineError)
        -> [UInt8]
    {
        guard case .pair(let kind) = key.kind, let bits = kind.modulusBits else { throw Usage.wrongKind }
        guard ciphertext.count == bits / 8 else { throw Usage.unopened }
        if let software = software(for: key.wrapped) {
            return try await software.decrypt(ciphertext, by: digest, with: key)
        }
        return try await wait(for: key) { keys throws(PKCS11Error) in
            try keys.decrypt(ciphertext, by: digest, with: key.bound)
        }
    }

    /// In the device.
    public func agree(withPeer peer: [UInt8], with key: EngineKey) async throws(KeyEngineError) -> [UInt8] {
        if let software = software(for: key.wrapped) { return try await software.agree(withPeer: peer, with: key) }
        let peer = try Usage.peer(peer, of: key)
        return try await wait(for: key) { keys throws(PKCS11Error) in try keys.agree(with: peer, key.bound) }
    }
}
