import CSystem
import Glibc
import World

/// Reads a file from its beginning. One thread at a time.
final class FileReader: Sendable {
    private let descriptor: Int32
    private let path: String
    private let rest: Lock<Int64>

    /// Bytes to come.
    var left: Int64 { rest.withLock { $0 } }

    /// - Parameter length: what the file must have; nil for whatever it has.
    init(_ path: String, length: Int64? = nil) throws {
        self.path = path
        descriptor = gh_open(path, O_RDONLY, 0)
        guard descriptor >= 0 else { throw SetupError("cannot open \(path): \(SystemFault.text(gh_errno()))") }
        var status = stat()
        let found = fstat(descriptor, &status) == 0 ? Int64(status.st_size) : -1
        rest = Lock(found)
        guard found >= 0, length == nil || found == length else {
            throw SetupError("\(path) has another length than was expected")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The next `count` bytes; fewer at the end.
    func read(_ count: Int) throws -> [UInt8] {
        let wanted = Int(min(Int64(count), left))
        var got = 0
        let bytes = try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, used in
            while got < wanted {
                let piece = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: got), wanted - got)
                if piece < 0, gh_errno() == EINTR { continue }
                guard piece > 0 else { throw SetupError("cannot read \(path): \(SystemFault.text(gh_errno()))") }
                got += piece
            }
            used = got
        }
        rest.withLock { $0 -= Int64(got) }
        return bytes
    }
}

/// Writes a new file that only its owner can read. One thread at a time.
final class FileWriter {
    private var descriptor: Int32
    private let path: String

    init(creating path: String) throws {
        self.path = path
        descriptor = gh_open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else {
            let code = gh_errno()
            throw SetupError(
                code == EEXIST ? "\(path) is there already" : "cannot write \(path): \(SystemFault.text(code))")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func write(_ bytes: ArraySlice<UInt8>) throws {
        try bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let piece = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                if piece < 0, gh_errno() == EINTR { continue }
                guard piece > 0 else {
                    let code = gh_errno()
                    throw SetupError(
                        code == ENOSPC ? "the disk is full" : "cannot write \(path): \(SystemFault.text(code))")
                }
                written += piece
            }
        }
    }

    /// Closes it. - Parameter syncing: whether it is on the disk then.
    func finish(syncing: Bool) throws {
        let isSynced = !syncing || fsync(descriptor) == 0
        let isClosed = close(descriptor) == 0
        descriptor = -1
        guard isSynced, isClosed else { throw SetupError("cannot write \(path): \(SystemFault.text(gh_errno()))") }
    }
}
