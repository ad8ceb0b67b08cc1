import World

/// Random nonces for AES-GCM, drawn from OpenSSL's generator many at a time: a draw of twelve bytes costs as much as sealing a
/// short text. A nonce is no secret, so it may lie ready; each is given out once.
public final class NonceSource: Sendable {
    private struct Stock {
        var bytes: [UInt8] = []
        /// How much has not been given out; taken from the end.
        var left = 0
    }
    private let stocks = ThreadShards(Stock())

    private static let drawn = 128 * AESGCM.nonceByteCount

    /// Draws nothing yet.
    public init() {}

    /// Twelve bytes.
    public func next() -> [UInt8] {
        stocks.withLock { stock in
            if stock.left == 0 {
                stock.bytes = SecureRandom.bytes(NonceSource.drawn)
                stock.left = NonceSource.drawn
            }
            stock.left -= AESGCM.nonceByteCount
            return Array(stock.bytes[stock.left..<stock.left + AESGCM.nonceByteCount])
        }
    }
}
