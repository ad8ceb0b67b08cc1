import Crypto
import Formats
import KMSAPI
import World

/// A text that stands for one grant: opaque, made anew by every CreateGrant, and good for as long as the grant is there.
///
/// A version byte, the grant's id, 16 random bytes, and an HMAC over all of them by the secret of the grant, which nobody
/// is told. Grants are in force at once here: the token only names.
/// - Source: KMS Developer Guide, "Grant token".
struct GrantToken: Sendable {
    private static let version: UInt8 = 1
    private static let head = 1 + 32 + 16
    /// Bytes of the secret.
    static let secretBytes = 32

    /// 64 hexadecimal digits.
    let grantID: String
    private let bytes: [UInt8]

    static func make(for grantID: String, _ secret: [UInt8], _ identifiers: Identifiers) -> String {
        let id = Hexadecimal.decode(grantID.utf8) ?? []
        let head = [version] + id + identifiers.bytes(16)
        return Base64.encode(head + HMACSHA256.authenticate(head, key: secret))
    }

    /// - Throws: `InvalidGrantTokenException` for what is no token.
    init(_ text: String) throws {
        guard let bytes = Base64.decode(text), bytes.count == GrantToken.head + HMACSHA256.byteCount,
            bytes.first == GrantToken.version
        else { throw GrantToken.invalid }
        self.bytes = bytes
        grantID = Hexadecimal.string(Array(bytes[1..<33]))
    }

    /// - Throws: where the token is not of the grant with that secret.
    func check(_ secret: [UInt8]) throws {
        let head = Array(bytes[..<GrantToken.head])
        guard constantTimeEquals(HMACSHA256.authenticate(head, key: secret), Array(bytes[GrantToken.head...]))
        else { throw GrantToken.invalid }
    }

    static let invalid = KMS.InvalidGrantTokenException(message: "The grant token is not valid.")
}
