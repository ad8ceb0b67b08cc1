import Authentication
import Crypto
import World

/// The digests of content that does not come with a request. One caller at a time, which may be on any thread.
final class ContentDigests: Sendable {
    private struct Running: Sendable {
        var crc32 = CRC32()
        var crc32c = CRC32C()
        var crc64 = CRC64NVME()
    }

    private let algorithm: ChecksumAlgorithm
    private let checks = Lock(Running())
    private let digest: Lock<IncrementalDigest?>
    private let md5: Lock<IncrementalDigest?>

    init(_ algorithm: ChecksumAlgorithm, wantsMD5: Bool) {
        self.algorithm = algorithm
        let kind: DigestAlgorithm? =
            switch algorithm {
            case .sha1: .sha1
            case .sha256: .sha256
            case .crc32, .crc32c, .crc64nvme: nil
            }
        digest = Lock(kind.map { IncrementalDigest($0) })
        md5 = Lock(wantsMD5 ? IncrementalDigest(.md5) : nil)
    }

    func update(_ bytes: [UInt8]) {
        md5.withLock { $0?.update(bytes) }
        switch algorithm {
        case .crc32: checks.withLock { $0.crc32.update(bytes) }
        case .crc32c: checks.withLock { $0.crc32c.update(bytes) }
        case .crc64nvme: checks.withLock { $0.crc64.update(bytes) }
        case .sha1, .sha256: digest.withLock { $0?.update(bytes) }
        }
    }

    /// - Returns: no MD5 where none was wanted.
    func finish() -> (md5: [UInt8]?, checksum: [UInt8]) {
        let checksum =
            switch algorithm {
            case .crc32: checks.withLock { $0.crc32.bytes }
            case .crc32c: checks.withLock { $0.crc32c.bytes }
            case .crc64nvme: checks.withLock { $0.crc64.bytes }
            case .sha1, .sha256: digest.withLock { $0?.finish() ?? [] }
            }
        return (md5.withLock { $0?.finish() }, checksum)
    }
}
