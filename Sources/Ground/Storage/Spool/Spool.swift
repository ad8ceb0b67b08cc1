import CSystem
import World

/// A ring of small records in a file mapped into memory: what is put there survives the end of the process at once,
/// without a system call, and waits there to be moved into the database.
///
/// The file is a page of header and a ring. A record is its length, its sequence number, a checksum and its bytes,
/// padded to eight. The checksum is keyed: texts of callers lie in the ring, and none of them shall be taken for a record.
/// Records are taken in their order; whoever moves them stores the last number moved in the same
/// transaction, so that after a crash each is moved exactly once: `init` is told that number and finds the rest by
/// their numbers and checksums. Power loss is another matter: what was put within the last moments may be gone.
public final class Spool: @unchecked Sendable {
    // The mapping lives as long as this object; the ring's bytes are written only under the lock, and only where no
    // record waits.
    private let memory: UnsafeMutableRawPointer
    private let state: Lock<State>

    private struct State {
        /// Where the next record goes: an offset in the ring.
        var head = 0
        /// Bytes of waiting records, gaps at the ring's end included.
        var used = 0
        /// The number of the next record. Numbers begin at 1.
        var next: Int64 = 1
        /// Waiting records, oldest first: where each lies, and how many bytes of the ring it frees.
        var waiting: [Waiting] = []
        /// How many of `waiting` have been moved already and are dropped from the array at the next chance.
        var gone = 0
        /// Whether the header tells this process's key: from the first record on.
        var isSealed = false
    }

    private struct Waiting {
        let number: Int64
        let offset: Int
        let count: Int
        /// With head, padding, and the gap before it where the ring's end was skipped.
        let footprint: Int
    }

    /// One record taken from the ring.
    public struct Record: Sendable {
        public let number: Int64
        public let bytes: [UInt8]
    }

    static let headerBytes = 4096
    static let recordHead = 24
    /// Of the checksums of this process's records.
    private let key = SystemEntropy().bytes(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    /// The ring's length. At full speed it holds a tenth of a second of records.
    public static let ringBytes = 4 << 20

    /// What an earlier process put and did not move, in its order. It lies in the ring until it is overwritten: the
    /// caller moves it before anything is put.
    public let recovered: [Record]

    /// Opens or makes the file `spool` of a data folder.
    /// - Parameter moved: the number of the last record that was moved into the database; 0 where none was.
    public init(in folder: DataFolder, moved: Int64) throws {
        memory = try Spool.map(folder.path + "/spool")
        recovered = SpoolRing(memory)?.records(after: moved) ?? []
        // Looking touched every page; they need not stay in this process's memory.
        madvise(memory, Spool.headerBytes + Spool.ringBytes, MADV_DONTNEED)
        var first = State()
        first.next = (recovered.last?.number ?? moved) + 1
        state = Lock(first)
    }

    deinit { munmap(memory, Spool.headerBytes + Spool.ringBytes) }

    private static func map(_ path: String) throws -> UnsafeMutableRawPointer {
        let size = headerBytes + ringBytes
        let file = gh_open(path, O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { throw StorageError.system(operation: "open", path: path, errno: gh_errno()) }
        defer { close(file) }
        // All blocks are laid up now: a page that could not be written later would end the process.
        let status = posix_fallocate(file, 0, off_t(size))
        guard status == 0 else {
            if status == ENOSPC { throw StorageError.full }
            throw StorageError.system(operation: "fallocate", path: path, errno: status)
        }
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), Int(bitPattern: memory) != -1
        else {
            throw StorageError.system(operation: "mmap", path: path, errno: gh_errno())
        }
        return memory
    }

    /// Puts a record. Returns how many bytes of the ring then wait; nil where there is no room: the caller takes the
    /// slower way.
    public func put(_ bytes: RawSpan) -> Int? {
        let count = bytes.byteCount
        let length = (Spool.recordHead + count + 7) & ~7
        return bytes.withUnsafeBytes { source in
            state.withLock { state -> Int? in
                let wraps = state.head + length > Spool.ringBytes
                let gap = wraps ? Spool.ringBytes - state.head : 0
                guard length <= Spool.ringBytes / 4, state.used + gap + length < Spool.ringBytes else { return nil }
                // Also where the gap is empty: the head may stand at the ring's very end.
                if wraps { state.head = 0 }
                if !state.isSealed {
                    // What an earlier process left has been moved.
                    SpoolRing.seal(memory, key)
                    state.isSealed = true
                }
                precondition(state.head + length <= Spool.ringBytes, "a record would lie outside the spool")
                write(source, number: state.next, to: ring(state.head))
                state.waiting.append(
                    Waiting(number: state.next, offset: state.head, count: count, footprint: gap + length))
                state.head += length
                state.used += gap + length
                state.next += 1
                return state.used
            }
        }
    }

    private func write(_ record: UnsafeRawBufferPointer, number: Int64, to place: UnsafeMutableRawPointer) {
        if let start = record.baseAddress {
            (place + Spool.recordHead).copyMemory(from: start, byteCount: record.count)
        }
        place.storeBytes(of: number, toByteOffset: 16, as: Int64.self)
        place.storeBytes(of: SpoolRing.checksum(place + 16, 8 + record.count, key), toByteOffset: 8, as: UInt64.self)
        place.storeBytes(of: UInt64(record.count), as: UInt64.self)
    }

    /// Lends the waiting records after `number`, oldest first. They stay in the ring until `drop`.
    public func forEach(after number: Int64, _ body: (_ number: Int64, _ bytes: Span<UInt8>) throws -> Void) rethrows {
        let places = state.withLock { state -> [Waiting] in
            guard let first = state.waiting.dropFirst(state.gone).first, let last = state.waiting.last,
                last.number > number
            else { return [] }
            let skip = max(0, Int(number - first.number + 1))
            return Array(state.waiting[(state.gone + skip)...])
        }
        // Outside the lock: records that wait are not written to.
        for place in places {
            let start = ring(place.offset) + Spool.recordHead
            try body(
                place.number, UnsafeRawBufferPointer(start: start, count: place.count).bindMemory(to: UInt8.self).span)
        }
    }

    /// Frees the records up to `number`, which a committed transaction has moved.
    public func drop(through number: Int64) {
        state.withLock { state in
            while state.gone < state.waiting.count, state.waiting[state.gone].number <= number {
                state.used -= state.waiting[state.gone].footprint
                state.gone += 1
            }
            if state.gone == state.waiting.count {
                state.waiting.removeAll(keepingCapacity: true)
                state.gone = 0
            } else if state.gone > 4096 {
                state.waiting.removeFirst(state.gone)
                state.gone = 0
            }
        }
    }

    /// The number of the record put last; that before the first where none was.
    public var lastNumber: Int64 { state.withLock { $0.next - 1 } }

    /// Whether any record waits, and how many bytes of the ring they take.
    public var waitingBytes: Int { state.withLock { $0.used } }

    private func ring(_ offset: Int) -> UnsafeMutableRawPointer { memory + Spool.headerBytes + offset }
}
