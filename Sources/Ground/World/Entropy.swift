import CSystem

/// Random bytes for names and identifiers. Never for keys: those come from the vault.
public protocol Entropy: Sendable {
    func fill(_ buffer: UnsafeMutableRawBufferPointer)
}

extension Entropy {
    public func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
            written = count
        }
    }
}

/// The kernel's generator, read a block at a time.
public final class SystemEntropy: Entropy {
    private struct Pool {
        var block = [UInt8](repeating: 0, count: SystemEntropy.blockBytes)
        /// How much of the block has not been given out; taken from its end.
        var left = 0
    }

    private let pool = ThreadShards(Pool())

    private static let blockBytes = 2048

    public init() {}

    public func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        pool.withLock { pool in
            var filled = 0
            while filled < buffer.count {
                if pool.left == 0 { SystemEntropy.refill(&pool) }
                let count = min(pool.left, buffer.count - filled)
                pool.left -= count
                pool.block.withUnsafeBytes { block in
                    UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: block[pool.left..<(pool.left + count)]))
                }
                filled += count
            }
        }
    }

    private static func refill(_ pool: inout Pool) {
        pool.block.withUnsafeMutableBytes { block in
            var filled = 0
            // A signal may cut it short.
            while filled < block.count {
                let count = getrandom(block.baseAddress.map { $0 + filled }, block.count - filled, 0)
                precondition(count > 0 || gh_errno() == EINTR, "the kernel gave no random bytes")
                filled += max(count, 0)
            }
        }
        pool.left = blockBytes
    }
}

/// The same bytes for the same seed, for tests (SplitMix64). Not random.
public final class SeededEntropy: Entropy {
    private let state: Lock<UInt64>

    public init(seed: UInt64) { state = Lock(seed) }

    public func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        state.withLock { state in
            for index in buffer.indices {
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                buffer[index] = UInt8(truncatingIfNeeded: mixed ^ (mixed >> 31))
            }
        }
    }
}
