import Crypto

/// The PIN that a token took, to compare others with. Not the PIN itself: its HMAC under a key that goes with this object.
final class TakenPIN: Sendable {
    private let key: SecretBytes
    private let digest: [UInt8]

    init(_ pin: borrowing SecretBytes) {
        let key = SecretBytes(randomCount: HMACSHA256.byteCount)
        digest = TakenPIN.digest(pin, key)
        self.key = key
    }

    /// In time that tells nothing of it.
    func isSame(as pin: borrowing SecretBytes) -> Bool { constantTimeEquals(TakenPIN.digest(pin, key), digest) }

    private static func digest(_ pin: borrowing SecretBytes, _ key: borrowing SecretBytes) -> [UInt8] {
        pin.withBytes { pin in key.withBytes { key in HMACSHA256.authenticate(pin, key: key) } }
    }
}
