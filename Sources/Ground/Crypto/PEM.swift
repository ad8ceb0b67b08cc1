/// Texts of PEM, one after the other.
/// - Source: RFC 7468, 2.
public enum PEM {
    /// Each block from its first line to its last, as it stands.
    public static func blocks(_ bytes: [UInt8]) -> [[UInt8]] {
        var blocks: [[UInt8]] = []
        var block: [UInt8] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            block += line + [UInt8(ascii: "\n")]
            guard line.starts(with: "-----END ".utf8) else { continue }
            blocks.append(block)
            block = []
        }
        return blocks
    }
}
