import CSystem

/// Random bytes for names and identifiers. Never for keys: those come from the vault.
public protocol Entropy: Sendable {
    func bytes(_ count: Int) -> [UInt8]
}

/// The kernel's generator, read a block at a time.
public final class SystemEntropy: Entropy {
    private let pool = Lock<[UInt8]>([])

    public init() {}

    public func bytes(_ count: Int) -> [UInt8] {
        pool.withLock { pool in
            while pool.count < count { pool.append(contentsOf: SystemEntropy.block()) }
            let taken = Array(pool.suffix(count))
            pool.removeLast(count)
            return taken
        }
    }

    /// 256 bytes, the most that `getentropy` gives at once.
    private static func block() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
            let status = getentropy(buffer.baseAddress, 256)
            precondition(status == 0, "the kernel gave no random bytes")
            count = 256
        }
    }
}

/// The same bytes for the same seed, for tests (SplitMix64). Not random.
public final class SeededEntropy: Entropy {
    private let state: Lock<UInt64>

    public init(seed: UInt64) { state = Lock(seed) }

    public func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            (0..<count).map { _ in
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                return UInt8(truncatingIfNeeded: mixed ^ (mixed >> 31))
            }
        }
    }
}
