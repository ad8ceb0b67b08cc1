import Crypto

/// The digests of one body, fed together.
struct DigestSet: Sendable {
    private(set) var byteCount: Int64 = 0
    private var crc32: CRC32?
    private var crc32c: CRC32C?
    private var crc64: CRC64NVME?
    private let md5: IncrementalDigest?
    private let sha1: IncrementalDigest?
    private let sha256: IncrementalDigest?

    init(_ wanted: BodyDigests) {
        crc32 = wanted.contains(.crc32) ? CRC32() : nil
        crc32c = wanted.contains(.crc32c) ? CRC32C() : nil
        crc64 = wanted.contains(.crc64nvme) ? CRC64NVME() : nil
        md5 = wanted.contains(.md5) ? IncrementalDigest(.md5) : nil
        sha1 = wanted.contains(.sha1) ? IncrementalDigest(.sha1) : nil
        sha256 = wanted.contains(.sha256) ? IncrementalDigest(.sha256) : nil
    }

    mutating func update(_ bytes: [UInt8]) {
        byteCount += Int64(bytes.count)
        crc32?.update(bytes)
        crc32c?.update(bytes)
        crc64?.update(bytes)
        md5?.update(bytes)
        sha1?.update(bytes)
        sha256?.update(bytes)
    }

    /// The values; to be asked once.
    func finish() -> (md5: [UInt8]?, checksums: [ChecksumAlgorithm: [UInt8]]) {
        var checksums: [ChecksumAlgorithm: [UInt8]] = [:]
        checksums[.crc32] = crc32?.bytes
        checksums[.crc32c] = crc32c?.bytes
        checksums[.crc64nvme] = crc64?.bytes
        checksums[.sha1] = sha1?.finish()
        checksums[.sha256] = sha256?.finish()
        return (md5?.finish(), checksums)
    }
}
