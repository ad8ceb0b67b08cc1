public import Crypto

extension SoftwareKeyEngine {
    /// At once.
    public func seal(_ clear: [UInt8], associated: [UInt8], with key: EngineKey) async throws(KeyEngineError) -> [UInt8]
    {
        try sealed(clear, associated, key)
    }

    /// At once.
    public func open(_ sealed: [UInt8], associated: [UInt8], with key: EngineKey) async throws(KeyEngineError)
        -> [UInt8]
    {
        try opened(sealed, associated, key)
    }

    /// Never nil.
    public func sealNow(_ clear: [UInt8], associated: [UInt8], with key: EngineKey) throws(KeyEngineError) -> [UInt8]? {
        try sealed(clear, associated, key)
    }

    /// Never nil.
    public func openNow(_ sealed: [UInt8], associated: [UInt8], with key: EngineKey) throws(KeyEngineError)
        -> [UInt8]?
    {
        try opened(sealed, associated, key)
    }

    /// At once.
    public func mac(_ message: [UInt8], with key: EngineKey) async throws(KeyEngineError) -> [UInt8] {
        try authenticated(message, key)
    }

    /// Never nil.
    public func macNow(_ message: [UInt8], with key: EngineKey) throws(KeyEngineError) -> [UInt8]? {
        try authenticated(message, key)
    }

    /// In a turn, or on a thread of the engine's.
    public func sign(
        _ message: SignedMessage, by algorithm: SigningAlgorithm, with key: EngineKey
    ) async throws(KeyEngineError) -> [UInt8] {
        try Usage.check(message, algorithm, key, supports(algorithm))
        return try await using(key) { pair throws(KeyPair.Failure) in try pair.sign(message, by: algorithm) }
    }

    /// In a turn, or on a thread of the engine's.
    public func decrypt(_ ciphertext: [UInt8], by digest: OAEPDigest, with key: EngineKey) async throws(KeyEngineError)
        -> [UInt8]
    {
        try await using(key) { pair throws(KeyPair.Failure) in
            try pair.decrypt(ciphertext, by: digest).withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
        }
    }

    /// In a turn, or on a thread of the engine's.
    public func agree(withPeer peer: [UInt8], with key: EngineKey) async throws(KeyEngineError) -> [UInt8] {
        let peer = try await signers.engineRun { () throws(KeyEngineError) in try Usage.peer(peer, of: key) }
        return try await using(key) { pair throws(KeyPair.Failure) in try pair.agree(with: peer) }
    }

    private func sealed(_ clear: [UInt8], _ associated: [UInt8], _ key: EngineKey) throws(KeyEngineError) -> [UInt8] {
        let ready = try readyCipher(key)
        let nonce = nonces.next()
        if case .texts(let keys) = ready {
            return keys.seal(
                clear, text: SecureRandom.bytes(TextKeys.textByteCount), nonce: nonce, associated: associated)
        }
        guard case .aes(let gcm) = ready else { throw Usage.wrongKind }
        var text: [UInt8] = []
        text.reserveCapacity(nonce.count + clear.count + AESGCM.tagByteCount)
        text += nonce
        text += clear
        text += gcm.sealInPlace(&text, nonce.count..<text.count, nonce: nonce, associated: associated)
        return text
    }

    private func opened(_ sealed: [UInt8], _ associated: [UInt8], _ key: EngineKey) throws(KeyEngineError) -> [UInt8] {
        let ready = try readyCipher(key)
        if case .texts(let keys) = ready {
            do { return try keys.open(sealed, associated: associated) } catch { throw Usage.unopened }
        }
        guard case .aes(let gcm) = ready else { throw Usage.wrongKind }
        let start = AESGCM.nonceByteCount
        let end = sealed.count - AESGCM.tagByteCount
        guard end >= start else { throw Usage.unopened }
        var clear = Array(sealed[start..<end])
        do {
            try gcm.openInPlace(
                &clear, tag: Array(sealed[end...]), nonce: Array(sealed[..<start]), associated: associated)
        } catch { throw Usage.unopened }
        return clear
    }

    private func readyCipher(_ key: EngineKey) throws(KeyEngineError) -> PreparedKey {
        guard key.kind == .aes256 || key.kind == .textKeys else { throw Usage.wrongKind }
        return try ready(symmetric, key)
    }

    private func authenticated(_ message: [UInt8], _ key: EngineKey) throws(KeyEngineError) -> [UInt8] {
        guard case .hmac = key.kind, case .mac(let mac) = try ready(symmetric, key) else { throw Usage.wrongKind }
        return mac.authenticate(message)
    }
}
