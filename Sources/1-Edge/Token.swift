/// What epoll hands back with an event: which descriptor, and which user of that descriptor, since numbers are reused
/// while events of the one before may still be in hand.
enum Token {
    static let wake = UInt64.max
    private static let firstListener = UInt64.max - 1024

    static func listener(_ index: Int) -> UInt64 { firstListener + UInt64(index) }
    static func listener(_ token: UInt64) -> Int? { token >= firstListener ? Int(token - firstListener) : nil }
    static func connection(_ descriptor: Int32, generation: UInt64) -> UInt64 {
        (generation & 0x7FFF_FFFF) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }
    static func descriptor(_ token: UInt64) -> Int { Int(token & 0xFFFF_FFFF) }
}
