import COpenSSL

/// Bytes that must not leak: one owner, zeroed at the end, kept out of swap and core dumps where the system allows it.
///
/// Prints as `redacted`, compares in constant time.
public struct SecretBytes: ~Copyable, @unchecked Sendable {
    // Allocated here, freed in deinit, written only by the initialisers.
    private let memory: UnsafeMutablePointer<UInt8>
    public let count: Int

    /// Copies `bytes`. The caller's copy stays its own matter; see `init(taking:)`.
    public init(_ bytes: [UInt8]) {
        self.init(count: bytes.count) { memory in memory.copyBytes(from: bytes) }
    }

    public init(_ bytes: RawSpan) {
        self.init(count: bytes.byteCount) { memory in bytes.withUnsafeBytes { memory.copyMemory(from: $0) } }
    }

    /// Copies the first `count` of `bytes`, all by default, and zeroes and empties the array.
    public init(taking bytes: inout [UInt8], count: Int? = nil) {
        let count = count ?? bytes.count
        precondition(count <= bytes.count, "more secret bytes asked than there are")
        self.init(count: count) { memory in memory.copyBytes(from: bytes.prefix(count)) }
        bytes.zero()
        bytes = []
    }

    /// Fresh random bytes.
    public init(randomCount count: Int) {
        self.init(count: count) { memory in SecureRandom.fill(memory) }
    }

    init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        guard let memory = gh_secret_new(count) else { preconditionFailure("no memory for a secret") }
        (self.memory, self.count) = (memory, count)
        fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
    }

    deinit { gh_secret_free(memory, count) }

    /// Lends the bytes. The closure must not let copies escape.
    public func withBytes<Result, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        try body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: memory, count: count)))
    }

    public func copy() -> SecretBytes {
        let source = UnsafeRawBufferPointer(start: memory, count: count)
        return SecretBytes(count: count) { $0.copyMemory(from: source) }
    }

    /// The bytes themselves, for whom the secret is meant. The caller zeroes what it keeps.
    public func revealed() -> [UInt8] { withBuffer { Array($0) } }

    /// A new secret: `prefix`, then these bytes.
    public func prefixed(by prefix: [UInt8]) -> SecretBytes {
        let source = UnsafeRawBufferPointer(start: memory, count: count)
        return SecretBytes(count: prefix.count + count) { memory in
            memory.copyBytes(from: prefix)
            UnsafeMutableRawBufferPointer(rebasing: memory[prefix.count...]).copyMemory(from: source)
        }
    }

    public func equals(_ other: borrowing SecretBytes) -> Bool {
        count == other.count && CRYPTO_memcmp(memory, other.memory, count) == 0
    }

    public var description: String { "redacted" }

    func withBuffer<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(start: memory, count: count))
    }
}

/// Whether both are the same, in time that tells only their lengths.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

public func constantTimeEquals(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return left.withUnsafeBytes { left in
        right.withUnsafeBytes { CRYPTO_memcmp(left.baseAddress, $0.baseAddress, left.count) == 0 }
    }
}

extension [UInt8] {
    /// Overwrites every byte with zero, in a way the optimiser keeps.
    public mutating func zero() {
        withUnsafeMutableBytes { bytes in
            if let start = bytes.baseAddress { OPENSSL_cleanse(start, bytes.count) }
        }
    }
}
