import Crypto
import World

/// A random text that is handed out and kept as a hash only.
enum Secret {
    /// 256 bits in hexadecimal digits: good in cookies, headers and query strings as it is.
    static func make() -> String { Hexadecimal.string(SecureRandom.bytes(32)) }

    /// Under what it is kept.
    static func id(_ secret: String) -> [UInt8] { SHA256.hash(Array(secret.utf8)) }
}
