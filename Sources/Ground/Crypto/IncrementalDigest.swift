import COpenSSL

/// A digest over bytes that come in pieces. One owner at a time; it may move between threads.
public final class IncrementalDigest: @unchecked Sendable {
    // Freed with this object. Its users hand it on and never share it, as with any buffer.
    private let context: OpaquePointer
    public let algorithm: DigestAlgorithm

    public init(_ algorithm: DigestAlgorithm) {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
        (self.context, self.algorithm) = (context, algorithm)
        begin()
    }

    deinit { EVP_MD_CTX_free(context) }

    public func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes(absorb) }
    public func update(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes(absorb) }
    public func update(_ bytes: RawSpan) { bytes.withUnsafeBytes(absorb) }

    /// The digest of everything so far; the next `update` begins a new text.
    public func finish() -> [UInt8] {
        var result = [UInt8](repeating: 0, count: algorithm.byteCount)
        let done = result.withUnsafeMutableBufferPointer { EVP_DigestFinal_ex(context, $0.baseAddress, nil) }
        precondition(done == 1, "a digest could not be finished")
        begin()
        return result
    }

    private func begin() {
        let done = EVP_DigestInit_ex2(context, gh_digest_algorithm(algorithm.identifier), nil)
        precondition(done == 1, "OpenSSL offers no digest of this kind")
    }

    private func absorb(_ bytes: UnsafeRawBufferPointer) {
        let done = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(done == 1, "a digest could not go on")
    }
}
