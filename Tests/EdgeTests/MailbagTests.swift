import CSystem
import Glibc
import Testing

@testable import Edge

/// What the bag says became of each message is what became of it: an answer is neither lost nor sent twice.
@Suite struct MailbagTests {
    /// Two ends of a connection, neither of which blocks.
    private final class Pair {
        let (near, far): (Int32, Int32)

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
            (near, far) = (ends[0], ends[1])
        }

        deinit {
            close(near)
            close(far)
        }

        func received() -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = read(far, &bytes, bytes.count)
            return Array(bytes.prefix(max(0, count)))
        }

        /// Fills the near end until it takes no more.
        func fill() {
            let piece = [UInt8](repeating: 1, count: 4096)
            while write(near, piece, piece.count) > 0 {}
        }
    }

    @Test("each message arrives at its own socket, whole")
    func sends() throws {
        signal(SIGPIPE, SIG_IGN)
        let bag = Mailbag()
        let pairs = try (0..<20).map { _ in try Pair() }
        for (index, pair) in pairs.enumerated() {
            #expect(bag.add([UInt8](repeating: UInt8(index), count: 100 + index), to: pair.near))
        }
        #expect(bag.send() == (0..<20).map { 100 + $0 })
        for (index, pair) in pairs.enumerated() {
            #expect(pair.received() == [UInt8](repeating: UInt8(index), count: 100 + index))
        }
    }

    @Test("a full and a broken socket are told of, and hold up nobody")
    func failures() throws {
        signal(SIGPIPE, SIG_IGN)
        let bag = Mailbag()
        let (full, broken, good) = (try Pair(), try Pair(), try Pair())
        full.fill()
        shutdown(broken.near, Int32(SHUT_WR))
        for pair in [full, broken, good] { #expect(bag.add([1, 2, 3], to: pair.near)) }
        #expect(bag.send() == [-Int(EAGAIN), -Int(EPIPE), 3])
        #expect(good.received() == [1, 2, 3])
    }

    @Test("a bag takes so many, and is empty after it was sent")
    func capacity() throws {
        signal(SIGPIPE, SIG_IGN)
        let bag = Mailbag()
        let pair = try Pair()
        for _ in 0..<Int(GH_PARCELS) { #expect(bag.add([7], to: pair.near)) }
        #expect(!bag.add([7], to: pair.near))
        #expect(bag.send()?.count == Int(GH_PARCELS))
        #expect(pair.received().count == Int(GH_PARCELS))
        #expect(bag.send() == nil)
    }
}
