import CSystem
import World

/// The lock file of a data folder: an flock held for the folder's life, with the holder's process id inside.
final class FolderLock: Sendable {
    private let descriptor: Lock<Int32>

    init(_ folder: String) throws {
        let path = folder + "/lock"
        let file = gh_open(path, O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { throw StorageError.system(operation: "open", path: path, errno: gh_errno()) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let holder = FolderLock.holder(file)
            _ = close(file)
            throw StorageError.inUse(folder: folder, process: holder)
        }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(file, 0)
        _ = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
        descriptor = Lock(file)
    }

    /// Unlocked too: a process that is being started shares the open file with us until it has become another program.
    func release() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 {
                _ = flock(descriptor, LOCK_UN)
                _ = close(descriptor)
            }
            descriptor = -1
        }
    }

    private static func holder(_ file: Int32) -> String {
        let text = [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            count = max(0, pread(file, buffer.baseAddress, 16, 0))
        }
        return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
