import COpenSSL

/// An X.509 certificate that somebody else made, read from PEM. Nothing is said of whether to trust it.
public final class PresentedCertificate {
    // Read by OpenSSL, freed with this object, never lent out.
    private let handle: OpaquePointer

    private init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { X509_free(handle) }

    /// More than any chain has; a longer text is refused.
    private static let mostInAText = 64

    /// The certificates of a text, in their order; at least one.
    /// - Throws: `.unusable` where there is none, or something else than certificates.
    public static func read(pem: [UInt8]) throws(CertificateError) -> [PresentedCertificate] {
        var handles = [OpaquePointer?](repeating: nil, count: mostInAText)
        let count = gh_read_certificates(pem, pem.count, &handles, Int32(mostInAText))
        guard count > 0 else { throw .unusable }
        return handles.prefix(Int(count)).compactMap { $0.map(PresentedCertificate.init) }
    }

    /// When it begins and ends to be valid, in seconds since 1970.
    public var validity: ClosedRange<Int64>? {
        let (start, end) = (gh_certificate_start(handle), gh_certificate_end(handle))
        return start <= end ? start...end : nil
    }

    /// Of its public key; 0 where that is of no known kind.
    public var keyBits: Int { Int(gh_certificate_key_bits(handle)) }

    /// Whether it names `issuer`, whose key made its signature.
    public func isSigned(by issuer: PresentedCertificate) -> Bool {
        gh_certificate_is_signed_by(handle, issuer.handle) == 1
    }

    /// Whether it is about the public half of this key.
    /// - Throws: `.unusable` where the text is no key, or an encrypted one.
    public func belongs(toKey pem: [UInt8]) throws(CertificateError) -> Bool {
        let key = try CertificateKey(pem: pem)
        return X509_check_private_key(handle, key.handle) == 1
    }

    /// The SHA-256 digest of its DER form: the same for the same certificate, however its PEM is written.
    public var digest: [UInt8] {
        SHA256.hash(bytesOf { gh_certificate_der(handle, $0, $1) })
    }

    /// The SHA-1 digest of its DER form, by which it is called. No proof that it is the same.
    public var fingerprint: [UInt8] {
        SHA1.hash(bytesOf { gh_certificate_der(handle, $0, $1) })
    }
}

/// What `write` puts into a buffer: asked for its size first.
func bytesOf(_ write: (UnsafeMutableRawPointer?, Int) -> Int32) -> [UInt8] {
    let needed = Int(write(nil, 0))
    guard needed > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: needed) { buffer, count in
        count = Int(write(UnsafeMutableRawPointer(buffer.baseAddress), needed)) == needed ? needed : 0
    }
}
