/// The rules a new bucket's name must keep.
/// - Source: S3 User Guide, "General purpose bucket naming rules".
enum BucketName {
    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (3...63).contains(bytes.count), bytes.allSatisfy(isAllowed) else { return false }
        guard let first = bytes.first, let last = bytes.last, isEnd(first), isEnd(last) else { return false }
        guard !name.contains(".."), !isIPv4(bytes) else { return false }
        return !reservedPrefixes.contains { name.hasPrefix($0) } && !reservedSuffixes.contains { name.hasSuffix($0) }
    }

    private static let reservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"]
    private static let reservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"]

    private static func isEnd(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isEnd(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    /// Four groups of digits, such as `192.168.5.4`.
    private static func isIPv4(_ bytes: [UInt8]) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy { $0 < 0x3A && $0 >= 0x30 } }
    }
}
