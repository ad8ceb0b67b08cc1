import COpenSSL

/// A key of one of KMS's keyed digests, ready for use. Any thread may use one.
public final class MACKey: @unchecked Sendable {
    // A context that is only copied from after init; OpenSSL zeroes its key when it is freed.
    private let template: OpaquePointer
    private let algorithm: MACAlgorithm

    /// A key of any length (RFC 2104); KMS's own are as long as the digest.
    public init(_ algorithm: MACAlgorithm, key: borrowing SecretBytes) {
        let made = key.withBuffer { gh_mac_new(algorithm.identifier, $0.baseAddress, $0.count) }
        guard let made else { preconditionFailure("OpenSSL offers no HMAC of this kind") }
        (template, self.algorithm) = (made, algorithm)
    }

    deinit { EVP_MAC_CTX_free(template) }

    /// The message's MAC.
    public func authenticate(_ message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: algorithm.byteCount) { buffer, count in
            count = max(0, Int(gh_mac(template, message, message.count, buffer.baseAddress, algorithm.byteCount)))
            precondition(count == algorithm.byteCount, "HMAC failed")
        }
    }
}

extension MACAlgorithm {
    fileprivate var identifier: Int32 {
        switch self {
        case .sha224: Int32(GH_SHA224)
        case .sha256: Int32(GH_SHA256)
        case .sha384: Int32(GH_SHA384)
        case .sha512: Int32(GH_SHA512)
        }
    }
}
