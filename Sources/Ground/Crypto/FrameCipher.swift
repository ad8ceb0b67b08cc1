/// A long text in frames, each encrypted and bound to its place: none can be changed, moved, repeated or left out unseen.
///
/// AES-256-GCM under a key for this text alone. Every frame holds `size` bytes but the last, which holds what is left. The
/// nonce is the frame's number, and whether it is the last.
/// - Source: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance"
///   (CRYPTO 2015), the STREAM construction.
public struct FrameCipher: Sendable {
    /// Bytes of content in a frame: 1 MiB.
    public static let size = 1 << 20
    private let cipher: AESGCM

    /// - Parameter key: 32 bytes, used for one text.
    public init(_ key: borrowing SecretBytes) { cipher = AESGCM(key: key) }

    /// 16 bytes longer than the content.
    public func seal(_ clear: [UInt8], number: UInt64, isLast: Bool) -> [UInt8] {
        cipher.seal(clear, nonce: FrameCipher.nonce(number, isLast))
    }

    /// Opens what `seal` gave for the same place.
    public func open(_ sealed: [UInt8], number: UInt64, isLast: Bool) throws(AESGCM.AuthenticationFailed) -> [UInt8] {
        try cipher.open(sealed, nonce: FrameCipher.nonce(number, isLast))
    }

    /// How long a text of `length` bytes is in frames. An empty text is one frame.
    public static func sealedLength(_ length: Int64) -> Int64 {
        let frames = max(1, (length + Int64(size) - 1) / Int64(size))
        return length + frames * Int64(AESGCM.tagByteCount)
    }

    private static func nonce(_ number: UInt64, _ isLast: Bool) -> [UInt8] {
        var nonce: [UInt8] = [isLast ? 1 : 0, 0, 0, 0]
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            nonce.append(UInt8(truncatingIfNeeded: number >> shift))
        }
        return nonce
    }
}
