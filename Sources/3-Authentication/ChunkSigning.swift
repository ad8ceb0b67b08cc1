import Crypto
import World

/// The chain of signatures over the chunks of a body: each covers the one before it.
/// - Source: S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
///   Chunks", and "… Including Trailing Headers".
struct ChunkSigning: Sendable {
    private let key: SigningKey
    private let time: [UInt8]
    private let scope: [UInt8]
    /// Hexadecimal.
    private var previous: [UInt8]
    let accessKeyID: String

    init(key: SigningKey, time: [UInt8], scope: [UInt8], seed: [UInt8], accessKeyID: String) {
        (self.key, self.time, self.scope, previous, self.accessKeyID) = (key, time, scope, seed, accessKeyID)
    }

    private static let emptyHash = Hexadecimal.encode(SHA256.hash([UInt8]()))
    private static let newline = UInt8(ascii: "\n")

    /// Signs the next chunk, given the hash of its bytes. Gives hexadecimal.
    mutating func chunk(hash: [UInt8]) -> (signature: [UInt8], stringToSign: [UInt8]) {
        var text = start("AWS4-HMAC-SHA256-PAYLOAD")
        text += ChunkSigning.emptyHash
        text.append(ChunkSigning.newline)
        Hexadecimal.append(hash, to: &text)
        return sign(text)
    }

    /// Signs the trailer in its canonical form, `name:value\n` for each line.
    mutating func trailer(_ canonical: [UInt8]) -> (signature: [UInt8], stringToSign: [UInt8]) {
        var text = start("AWS4-HMAC-SHA256-TRAILER")
        Hexadecimal.append(SHA256.hash(canonical), to: &text)
        return sign(text)
    }

    private func start(_ algorithm: String) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(400)
        text += algorithm.utf8
        for part in [time, scope, previous] {
            text.append(ChunkSigning.newline)
            text += part
        }
        text.append(ChunkSigning.newline)
        return text
    }

    private mutating func sign(_ text: [UInt8]) -> (signature: [UInt8], stringToSign: [UInt8]) {
        previous = Hexadecimal.encode(key.sign(text))
        return (previous, text)
    }
}
