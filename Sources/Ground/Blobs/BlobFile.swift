import CSystem

/// An open file, closed when nobody holds it any more. Reads and writes name their offset, so threads may share it.
final class BlobFile: Sendable {
    private let descriptor: Int32
    private let path: String

    init(creating path: String) throws(BlobError) {
        descriptor = gh_open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        self.path = path
        guard descriptor >= 0 else { throw BlobFile.failure("open", path) }
    }

    /// Nil if there is no such file.
    init?(reading path: String) throws(BlobError) {
        descriptor = gh_open(path, O_RDONLY, 0)
        self.path = path
        if descriptor < 0, gh_errno() == ENOENT { return nil }
        guard descriptor >= 0 else { throw BlobFile.failure("open", path) }
    }

    deinit {
        if descriptor >= 0 { _ = close(descriptor) }
    }

    func length() throws(BlobError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw BlobFile.failure("fstat", path) }
        return Int64(status.st_size)
    }

    func sync() throws(BlobError) {
        guard fdatasync(descriptor) == 0 else { throw BlobFile.failure("fdatasync", path) }
    }

    /// Asks the system to begin writing to the disk, without waiting. Only a hint: `sync` tells of failures.
    func beginWriteBack() { _ = gh_begin_write_back(descriptor) }

    /// Writes all of the buffers, one after the other, at `offset`.
    func write(_ parts: UnsafeMutableBufferPointer<iovec>, at offset: Int64) throws(BlobError) {
        try transfer(parts, at: offset, "write") { pwritev(descriptor, $0, $1, $2) }
    }

    /// Fills all of the buffers. Returns false at a file that ends early.
    func read(_ parts: UnsafeMutableBufferPointer<iovec>, at offset: Int64) throws(BlobError) -> Bool {
        try transfer(parts, at: offset, "read") { preadv(descriptor, $0, $1, $2) }
    }

    /// `count` bytes. Nil where the file ends early.
    func read(_ count: Int, at offset: Int64) throws(BlobError) -> [UInt8]? {
        var bytes = [UInt8](unsafeUninitializedCapacity: count) { $1 = count }
        let result: Result<Bool, BlobError> = bytes.withUnsafeMutableBytes { bytes in
            withUnsafeTemporaryAllocation(of: iovec.self, capacity: 1) { parts in
                parts[0] = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                do throws(BlobError) { return .success(try read(parts, at: offset)) } catch { return .failure(error) }
            }
        }
        return try result.get() ? bytes : nil
    }

    /// Goes on after short transfers; `parts` is used up on the way.
    @discardableResult
    private func transfer(
        _ parts: UnsafeMutableBufferPointer<iovec>, at offset: Int64, _ operation: String,
        _ call: (UnsafePointer<iovec>, Int32, off_t) -> Int
    ) throws(BlobError) -> Bool {
        var (first, offset) = (0, offset)
        while first < parts.count {
            if parts[first].iov_len == 0 {
                first += 1
                continue
            }
            guard let start = parts.baseAddress else { return true }
            var moved = call(start + first, Int32(min(parts.count - first, 1024)), off_t(offset))
            if moved < 0, gh_errno() == EINTR { continue }
            guard moved >= 0 else { throw BlobFile.failure(operation, path) }
            if moved == 0 { return false }
            offset += Int64(moved)
            while moved > 0 {
                let used = min(moved, parts[first].iov_len)
                parts[first].iov_base += used
                parts[first].iov_len -= used
                moved -= used
                if parts[first].iov_len == 0 { first += 1 }
            }
        }
        return true
    }

    static func failure(_ operation: String, _ path: String) -> BlobError {
        let code = gh_errno()
        return code == ENOSPC || code == EDQUOT || code == EFBIG
            ? .full : .system(operation: operation, path: path, errno: code)
    }
}
