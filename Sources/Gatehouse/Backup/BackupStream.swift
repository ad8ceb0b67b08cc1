import Blobs
import Crypto
import HTTP
import Storage
import World

/// A backup on its way out: the head, then the frames, made as the connection takes them.
///
/// While it lives, no blob is removed, and the copy of the database lies in the data folder's `tmp`.
final class BackupStream: ResponseStream {
    private struct State {
        var files: BackupFiles
        var open: FileReader?
        /// Content that is not in a frame yet.
        var clear: [UInt8] = []
        /// Bytes of content that are still to come, those in `clear` included.
        var left: Int64
        var number: UInt64 = 0
        var head: [UInt8]?
        var isAtEnd = false
    }

    /// Of the whole, in bytes.
    let length: Int64
    private let count: Int
    private let cipher: FrameCipher
    private let copy: StoreCopy
    private let freeze: BlobFreeze
    private let pool: BlockingPool
    private let state: Lock<State>
    /// Told at the end, however it comes.
    private let done: @Sendable () -> Void

    init(
        _ head: BackupHead, _ cipher: FrameCipher, _ files: BackupFiles, _ copy: StoreCopy, _ freeze: BlobFreeze,
        _ pool: BlockingPool, done: @escaping @Sendable () -> Void
    ) {
        (self.cipher, self.copy, self.freeze, self.pool, self.done) = (cipher, copy, freeze, pool, done)
        count = files.count
        let content = files.bytes + Int64(BackupEntry.end(0).count)
        length = Int64(head.bytes.count) + FrameCipher.sealedLength(content)
        state = Lock(State(files: files, left: content, head: head.bytes))
    }

    deinit {
        // Not here: whoever lets go of the stream may be an event loop, and much may have to be removed.
        Task { [copy, freeze, pool, done] in
            try? await pool.run { withExtendedLifetime(freeze) { try? copy.remove() } }
            done()
        }
    }

    func next() async throws -> [UInt8]? {
        try await pool.run { [self] in try state.withLock { try next(&$0) } }
    }

    private func next(_ state: inout State) throws -> [UInt8]? {
        if let head = state.head {
            state.head = nil
            return head
        }
        guard !state.isAtEnd else { return nil }
        let wanted = Int(min(Int64(FrameCipher.size), state.left))
        while state.clear.count < wanted { try fill(&state, wanted) }
        state.left -= Int64(wanted)
        state.isAtEnd = state.left == 0
        let frame = cipher.seal(Array(state.clear.prefix(wanted)), number: state.number, isLast: state.isAtEnd)
        state.clear.removeFirst(wanted)
        state.number += 1
        return frame
    }

    private func fill(_ state: inout State, _ wanted: Int) throws {
        if let open = state.open {
            let bytes = try open.read(wanted - state.clear.count)
            state.clear += bytes
            if open.left == 0 { state.open = nil }
        } else if let file = try state.files.next() {
            state.clear += BackupEntry.head(file.name, file.length)
            switch file.source {
            case .bytes(let bytes): state.clear += bytes
            case .file(let path):
                if file.length > 0 { state.open = try FileReader(path, length: file.length) }
            }
        } else {
            state.clear += BackupEntry.end(count)
        }
    }
}
