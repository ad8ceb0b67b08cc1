import CSystem

/// CRC-32 of ISO 3309, as zlib and Ethernet compute it.
public struct CRC32: Sendable {
    public private(set) var value: UInt32 = 0
    public init() {}
    public mutating func update(_ bytes: [UInt8]) { value = gh_crc32(value, bytes, bytes.count) }
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        value = bytes.withUnsafeBytes { gh_crc32(value, $0.baseAddress, $0.count) }
    }
    /// Most significant byte first, as S3 encodes it.
    public var bytes: [UInt8] { bigEndianBytes(value) }
}

/// CRC-32C of Castagnoli (RFC 3720, section 12.1); one instruction per eight bytes where the processor has it.
public struct CRC32C: Sendable {
    public private(set) var value: UInt32 = 0
    public init() {}
    public mutating func update(_ bytes: [UInt8]) { value = gh_crc32c(value, bytes, bytes.count) }
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        value = bytes.withUnsafeBytes { gh_crc32c(value, $0.baseAddress, $0.count) }
    }
    /// Most significant byte first, as S3 encodes it.
    public var bytes: [UInt8] { bigEndianBytes(value) }
}

/// The 64-bit check of the NVM Express command set, S3's default checksum.
/// - Source: NVM Express NVM Command Set Specification 1.0d, section 5.2.1.3.4.
public struct CRC64NVME: Sendable {
    public private(set) var value: UInt64 = 0
    public init() {}
    public mutating func update(_ bytes: [UInt8]) { value = gh_crc64nvme(value, bytes, bytes.count) }
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        value = bytes.withUnsafeBytes { gh_crc64nvme(value, $0.baseAddress, $0.count) }
    }
    /// Of bytes that somebody lends.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        value = gh_crc64nvme(value, bytes.baseAddress, bytes.count)
    }
    /// Most significant byte first, as S3 encodes it.
    public var bytes: [UInt8] { bigEndianBytes(value) }
}

private func bigEndianBytes(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (value.bitWidth - 8 - 8 * $0)) }
}
