import Crypto

extension KeyEngine {
    /// Shows by use that two wrapped keys are the same: what one seals the other opens, both make the same MAC, and what is
    /// signed fits the public half.
    /// - Parameter publicKey: SubjectPublicKeyInfo in DER, of a pair.
    public func isSame(_ key: EngineKey, as other: EngineKey, publicKey: [UInt8]?) async throws(KeyEngineError) -> Bool
    {
        let text = SecureRandom.bytes(32)
        switch key.kind {
        case .aes256, .textKeys:
            return try await open(
                try await seal(text, associated: text, with: other), associated: text, with: key) == text
        case .hmac: return constantTimeEquals(try await mac(text, with: other), try await mac(text, with: key))
        case .pair(let kind):
            guard let algorithm = kind.signingAlgorithms.first(where: { supports($0) }), let publicKey,
                let half = PublicKeyInfo(der: publicKey)
            else { return false }
            return half.verifies(
                try await sign(.raw(text), by: algorithm, with: key), of: .raw(text), by: algorithm)
        }
    }
}
