extension [UInt8] {
    /// The bytes that are lent, in an array of their own.
    public init(copying bytes: Span<UInt8>) {
        self = []
        append(copying: bytes)
    }

    /// Adds the bytes that are lent.
    public mutating func append(copying bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
