import COpenSSL

/// A private key of one of the kinds of AWS KMS, ready for use. Any thread may use one.
///
/// Its numbers lie in guarded memory, and OpenSSL zeroes what it kept when this object goes.
public final class KeyPair: @unchecked Sendable {
    /// Why it could not be done.
    public enum Failure: Error, Equatable, Sendable {
        /// Not a key of the kind, or a text that is not for it. Deliberately without detail.
        case unfit
        /// OpenSSL failed where it should not.
        case failed
    }

    // Owned, freed in deinit, never written after init.
    private let handle: OpaquePointer
    /// What it is.
    public let kind: KeyPairKind

    /// A fresh one. RSA takes its time: seconds for the largest.
    public init(_ kind: KeyPairKind) throws(Failure) {
        guard let handle = gh_pair_make(kind.identifier) else { throw .failed }
        (self.handle, self.kind) = (handle, kind)
    }

    /// From PKCS #8 in DER, not encrypted.
    /// - Parameter checksHalves: against each other, which takes longer than a signature, and that an RSA key's public
    ///   exponent is odd and between 2¹⁶ and 2²⁵⁶ (FIPS 186-5, section 5.4); false for keys that were checked and
    ///   authenticated since.
    public init(_ kind: KeyPairKind, pkcs8: borrowing SecretBytes, checksHalves: Bool = true) throws(Failure) {
        let handle = pkcs8.withBuffer {
            gh_pair_read(kind.identifier, checksHalves ? 1 : 0, $0.baseAddress, $0.count)
        }
        guard let handle else { throw .unfit }
        (self.handle, self.kind) = (handle, kind)
    }

    deinit { EVP_PKEY_free(handle) }

    /// PKCS #8 in DER (RFC 5958).
    public func pkcs8() throws(Failure) -> SecretBytes {
        var room = [UInt8](repeating: 0, count: 4096)
        defer { room.zero() }
        let count = gh_key_der(handle, &room, room.count)
        guard count > 0 else { throw .failed }
        return SecretBytes(taking: &room, count: Int(count))
    }

    /// SubjectPublicKeyInfo in DER.
    public var publicKey: [UInt8] { bytesOf { gh_pair_public(handle, $0, $1) } }

    /// A signature as AWS KMS gives it: ECDSA's in DER.
    public func sign(_ message: SignedMessage, by algorithm: SigningAlgorithm) throws(Failure) -> [UInt8] {
        guard algorithm.fits(kind) else { throw .unfit }
        if algorithm == .ed25519 {
            guard case .raw(let bytes) = message else { throw .unfit }
            return try output(64) { gh_pair_sign_message(handle, bytes, bytes.count, $0, $1) }
        }
        guard let digest = algorithm.hash(message) else { throw .unfit }
        return try output(512) {
            gh_pair_sign(handle, algorithm.padding, algorithm.digest.identifier, digest, digest.count, $0, $1)
        }
    }

    /// Opens RSAES-OAEP. Every fault of the ciphertext is the same `.unfit`.
    public func decrypt(_ ciphertext: [UInt8], by digest: OAEPDigest) throws(Failure) -> SecretBytes {
        guard let bits = kind.modulusBits, ciphertext.count == bits / 8 else { throw .unfit }
        var room = [UInt8](repeating: 0, count: bits / 8)
        defer { room.zero() }
        let count = gh_oaep_decrypt(handle, digest.identifier, ciphertext, ciphertext.count, &room, room.count)
        guard count >= 0 else { throw .unfit }
        return SecretBytes(taking: &room, count: Int(count))
    }

    /// The x coordinate of the point both agree on. Not for RSA and Ed25519.
    public func agree(with peer: PublicKeyInfo) throws(Failure) -> [UInt8] {
        guard let width = kind.coordinateBytes, peer.kind == kind else { throw .unfit }
        return try output(width) { gh_pair_agree(handle, peer.handle, $0, $1) }
    }

    private func output(_ room: Int, _ write: (UnsafeMutablePointer<UInt8>?, Int) -> Int32) throws(Failure)
        -> [UInt8]
    {
        let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            count = max(0, Int(write(buffer.baseAddress, room)))
        }
        guard !bytes.isEmpty else { throw .failed }
        return bytes
    }
}

extension KeyPairKind {
    var identifier: Int32 {
        switch self {
        case .rsa2048: Int32(GH_PAIR_RSA_2048)
        case .rsa3072: Int32(GH_PAIR_RSA_3072)
        case .rsa4096: Int32(GH_PAIR_RSA_4096)
        case .p256: Int32(GH_PAIR_P256)
        case .p384: Int32(GH_PAIR_P384)
        case .p521: Int32(GH_PAIR_P521)
        case .secp256k1: Int32(GH_PAIR_SECP256K1)
        case .ed25519: Int32(GH_PAIR_ED25519)
        }
    }
}

extension SigningAlgorithm {
    var padding: Int32 {
        switch self {
        case .pssSHA256, .pssSHA384, .pssSHA512: Int32(GH_PADDING_PSS)
        case .pkcs1SHA256, .pkcs1SHA384, .pkcs1SHA512: Int32(GH_PADDING_PKCS1)
        default: Int32(GH_PADDING_NONE)
        }
    }

    /// The digest to sign: the one given, or of the message given. Nil where the one given has another length.
    public func hash(_ message: SignedMessage) -> [UInt8]? {
        switch message {
        case .digest(let bytes): bytes.count == digest.byteCount ? bytes : nil
        case .raw(let bytes): digest.hash(bytes)
        }
    }
}

extension MessageDigest {
    var identifier: Int32 {
        switch self {
        case .sha256: Int32(GH_SHA256)
        case .sha384: Int32(GH_SHA384)
        case .sha512: Int32(GH_SHA512)
        }
    }

    /// The digest of a text.
    public func hash(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            let done = gh_digest(identifier, bytes, bytes.count, buffer.baseAddress)
            precondition(done == 1, "OpenSSL offers no digest of this kind")
            count = byteCount
        }
    }
}

extension OAEPDigest {
    var identifier: Int32 { self == .sha1 ? Int32(GH_SHA1) : Int32(GH_SHA256) }

    /// Takes the padding off what the bare RSA operation gave, for devices that know no other. Nil where it is none; the
    /// caller must not tell anyone why.
    public func unpad(_ padded: [UInt8]) -> [UInt8]? {
        var room = [UInt8](repeating: 0, count: padded.count)
        defer { room.zero() }
        let count = gh_oaep_unpad(identifier, padded, padded.count, &room, room.count)
        guard count >= 0 else { return nil }
        return Array(room[..<Int(count)])
    }
}
