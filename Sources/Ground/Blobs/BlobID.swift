import Crypto
import World

/// The random name of a blob: 16 bytes, printed as 32 hexadecimal digits.
public struct BlobID: Hashable, Sendable, CustomStringConvertible {
    public static let byteCount = 16
    public let bytes: [UInt8]

    /// A name nobody else has.
    static func random() -> BlobID { BlobID(unchecked: SecureRandom.bytes(byteCount)) }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    public init?(_ bytes: [UInt8]) {
        guard bytes.count == BlobID.byteCount else { return nil }
        self.bytes = bytes
    }

    init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.decode(text.utf8) else { return nil }
        self.init(bytes)
    }

    public var description: String { Hexadecimal.string(bytes) }
}
