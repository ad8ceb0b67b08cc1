import COpenSSL
import World

/// OpenSSL's generator: for keys, nonces and secrets.
public enum SecureRandom {
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let buffer = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
            if count <= Pool.most { pool.withLock { $0.take(into: buffer) } } else { fill(buffer) }
            filled = count
        }
    }

    static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress else { return }
        let done = RAND_bytes(start.assumingMemoryBound(to: UInt8.self), Int32(buffer.count))
        precondition(done == 1, "the random generator failed")
    }

    /// Asking for few bytes costs OpenSSL the same as for many, so small requests are served from a block.
    private static let pool = ThreadShards(Pool())

    private struct Pool {
        /// The longest request that is served from here.
        static let most = 64
        private static let blockBytes = 1024

        private var block = [UInt8](repeating: 0, count: blockBytes)
        /// How much of the block has not been given out; taken from its end.
        private var left = 0

        /// What is given out does not stay in the block.
        mutating func take(into buffer: UnsafeMutableRawBufferPointer) {
            let count = buffer.count
            block.withUnsafeMutableBytes { block in
                if left < count {
                    SecureRandom.fill(block)
                    left = block.count
                }
                left -= count
                let given = UnsafeMutableRawBufferPointer(rebasing: block[left..<left + count])
                buffer.copyMemory(from: UnsafeRawBufferPointer(given))
                given.initializeMemory(as: UInt8.self, repeating: 0)
            }
        }
    }
}
