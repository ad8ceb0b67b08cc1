/// Looks at eight bytes at a time for some that are special.
///
/// Subtracting from all eight at once borrows into the highest bit of each byte that was too small. The borrow may go on
/// into the next byte, so that a hit is certain only to be somewhere in the word.
enum ByteWords {
    /// Whether `suspects` finds nothing in any word of `bytes`. It answers with a set highest bit for each byte it finds.
    @inline(__always)
    static func areClear(_ bytes: UnsafeBufferPointer<UInt8>, _ suspects: (UInt64) -> UInt64) -> Bool {
        guard let start = UnsafeRawPointer(bytes.baseAddress) else { return true }
        let count = bytes.count
        var found: UInt64 = 0
        if count >= 8 {
            var at = 0
            while at < count - 8 {
                found |= suspects(start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                at += 8
            }
            // The last eight overlap those before.
            found |= suspects(start.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        } else {
            var word = all(UInt8(ascii: "a"))
            for byte in bytes { word = word << 8 | UInt64(byte) }
            found = suspects(word)
        }
        return found & all(0x80) == 0
    }

    /// The byte eight times.
    @inline(__always)
    static func all(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

    /// - Parameter limit: at most 0x80.
    @inline(__always)
    static func below(_ limit: UInt8, _ word: UInt64) -> UInt64 { (word &- all(limit)) & ~word }

    @inline(__always)
    static func equal(_ byte: UInt8, _ word: UInt64) -> UInt64 { below(1, word ^ all(byte)) }
}
