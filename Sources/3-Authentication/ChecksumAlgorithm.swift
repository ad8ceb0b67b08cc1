/// S3's object checksums.
/// - Source: S3 User Guide, "Checking object integrity".
public enum ChecksumAlgorithm: Sendable, Hashable, CaseIterable {
    case crc32, crc32c, crc64nvme, sha1, sha256

    /// As in `x-amz-sdk-checksum-algorithm`.
    public var name: String {
        switch self {
        case .crc32: "CRC32"
        case .crc32c: "CRC32C"
        case .crc64nvme: "CRC64NVME"
        case .sha1: "SHA1"
        case .sha256: "SHA256"
        }
    }

    /// `x-amz-checksum-crc32` and so on.
    public var headerName: String { "x-amz-checksum-" + name.lowercased() }

    var byteCount: Int {
        switch self {
        case .crc32, .crc32c: 4
        case .crc64nvme: 8
        case .sha1: 20
        case .sha256: 32
        }
    }
}

/// What to compute over a body.
public struct BodyDigests: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let md5 = BodyDigests(rawValue: 1)
    public static let crc32 = BodyDigests(rawValue: 2)
    public static let crc32c = BodyDigests(rawValue: 4)
    public static let crc64nvme = BodyDigests(rawValue: 8)
    public static let sha1 = BodyDigests(rawValue: 16)
    public static let sha256 = BodyDigests(rawValue: 32)

    public init(_ algorithm: ChecksumAlgorithm) {
        switch algorithm {
        case .crc32: self = .crc32
        case .crc32c: self = .crc32c
        case .crc64nvme: self = .crc64nvme
        case .sha1: self = .sha1
        case .sha256: self = .sha256
        }
    }
}

/// What a body turned out to be, known after its end.
public struct BodyFacts: Sendable, Hashable {
    /// Bytes after unframing.
    public let byteCount: Int64
    /// Nil unless computed: because asked for, or because a header promised it.
    public let md5: [UInt8]?
    public let checksums: [ChecksumAlgorithm: [UInt8]]
    /// The checksum the client sent and we confirmed; nil if it sent none.
    public let confirmed: ChecksumAlgorithm?
}
