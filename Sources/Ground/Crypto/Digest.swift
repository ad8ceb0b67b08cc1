import COpenSSL
import World

/// The digests that AWS's interfaces use. MD5 and SHA-1 are checksums here, never proofs.
public enum DigestAlgorithm: Sendable {
    case md5, sha1, sha256

    /// Length of a digest in bytes.
    public var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        }
    }

    var identifier: Int32 {
        switch self {
        case .md5: Int32(GH_MD5)
        case .sha1: Int32(GH_SHA1)
        case .sha256: Int32(GH_SHA256)
        }
    }

    func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        withHash(bytes) { [UInt8](copying: $0) }
    }

    func withHash<Result>(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { result in
            let done = gh_digest(identifier, bytes.baseAddress, bytes.count, result.baseAddress)
            precondition(done == 1, "OpenSSL offers no digest of this kind")
            return body(UnsafeRawBufferPointer(result))
        }
    }
}

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    public static let byteCount = 32
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes(DigestAlgorithm.sha256.hash) }
    public static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.withUnsafeBytes(DigestAlgorithm.sha256.hash)
    }
    public static func hash(_ bytes: RawSpan) -> [UInt8] { bytes.withUnsafeBytes(DigestAlgorithm.sha256.hash) }

    /// Appends the digest as 64 digits in lower case.
    public static func appendHexadecimal(of bytes: [UInt8], to text: inout [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            DigestAlgorithm.sha256.withHash(bytes) { Hexadecimal.append($0.bytes, to: &text) }
        }
    }
}

extension [UInt8] {
    /// Room first, then a copy: the way the compiler knows for bytes alone.
    init(copying bytes: UnsafeRawBufferPointer) {
        self = []
        reserveCapacity(bytes.count)
        append(contentsOf: bytes)
    }
}

/// SHA-1, as S3's checksum of that name.
public enum SHA1 {
    public static let byteCount = 20
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes(DigestAlgorithm.sha1.hash) }
    public static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] { bytes.withUnsafeBytes(DigestAlgorithm.sha1.hash) }
    public static func hash(_ bytes: RawSpan) -> [UInt8] { bytes.withUnsafeBytes(DigestAlgorithm.sha1.hash) }
}

/// MD5, as `Content-MD5` and entity tags.
public enum MD5 {
    public static let byteCount = 16
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes(DigestAlgorithm.md5.hash) }
    public static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] { bytes.withUnsafeBytes(DigestAlgorithm.md5.hash) }
    public static func hash(_ bytes: RawSpan) -> [UInt8] { bytes.withUnsafeBytes(DigestAlgorithm.md5.hash) }
}
