/// What a connection still has to send: pieces in order, the first of them partly sent.
struct Output {
    private var pieces: [[UInt8]] = []
    private(set) var offset = 0
    /// Who waits for all of it to be gone.
    var waiter: UnsafeContinuation<Bool, Never>?

    var isEmpty: Bool { pieces.isEmpty }
    var first: [UInt8]? { pieces.first }
    /// The one piece there is, untouched yet.
    var only: [UInt8]? { pieces.count == 1 && offset == 0 ? pieces[0] : nil }

    /// Takes over `bytes` from `start` on.
    mutating func add(_ bytes: [UInt8], from start: Int = 0) {
        guard start < bytes.count else { return }
        if pieces.isEmpty {
            offset = start
            pieces.append(bytes)
        } else {
            pieces.append(start == 0 ? bytes : [UInt8](bytes[start...]))
        }
    }

    mutating func sent(_ count: Int) {
        offset += count
        guard let first = pieces.first, offset >= first.count else { return }
        pieces.removeFirst()
        offset = 0
    }

    /// Forgets everything; the waiter learns that it will not be sent.
    mutating func drop() {
        pieces = []
        waiter.take()?.resume(returning: false)
    }
}
