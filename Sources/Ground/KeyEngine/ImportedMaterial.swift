import Crypto

/// What the owner of a key encrypted for us.
/// - Source: AWS KMS Developer Guide, "Importing key material: encrypt key material".
enum ImportedMaterial {
    /// The one answer to whatever is wrong with the ciphertext.
    static let unopened = KeyEngineError.unopenedImport

    /// - Parameters:
    ///   - modulusBytes: of the wrapping key; so much of the text is RSA's.
    ///   - decrypt: RSAES-OAEP with the wrapping key.
    static func open(
        _ ciphertext: [UInt8], by method: ImportWrapping, modulusBytes: Int,
        decrypt: ([UInt8]) throws(KeyEngineError) -> SecretBytes
    ) throws(KeyEngineError) -> SecretBytes {
        guard method.hasAESKey else { return try decrypt(ciphertext) }
        guard ciphertext.count > modulusBytes else { throw unopened }
        let key = try decrypt(Array(ciphertext[..<modulusBytes]))
        guard key.count == 32, let material = AESKeyWrap.unwrap(Array(ciphertext[modulusBytes...]), under: key) else {
            throw unopened
        }
        return material
    }
}
