import CSystem
import Crypto

/// One worker's PUT, again and again: MD5 of the bytes, AES-256-GCM in frames of 64 KiB, one file, synced and renamed.
struct ReferencePut {
    private static let frame = 64 << 10
    /// How many names a worker writes in turn: as in the load on the server, new content replaces old.
    private static let names = 8

    private let folder: String
    private let worker: Int
    private let clear: [UInt8]
    private let key = AESGCM(key: SecretBytes(randomCount: AESGCM.keyByteCount))
    private var sealed: [UInt8] = []
    private var frames: UInt64 = 0

    init(folder: String, worker: Int, bytes: Int) {
        (self.folder, self.worker) = (folder, worker)
        clear = [UInt8](repeating: 0x79, count: bytes)
        sealed.reserveCapacity(bytes + (bytes / ReferencePut.frame + 1) * AESGCM.tagByteCount)
    }

    mutating func perform(_ turn: Int) {
        _ = MD5.hash(clear)
        seal()
        let staged = "\(folder)/staged-\(worker)"
        let file = gh_open(staged, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        precondition(file >= 0, "cannot open \(staged)")
        defer { close(file) }
        let written = sealed.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        precondition(written == sealed.count && fsync(file) == 0, "cannot write \(staged)")
        precondition(rename(staged, "\(folder)/\(worker)-\(turn % ReferencePut.names)") == 0, "cannot rename \(staged)")
    }

    private mutating func seal() {
        sealed.removeAll(keepingCapacity: true)
        for start in stride(from: 0, to: clear.count, by: ReferencePut.frame) {
            let end = min(start + ReferencePut.frame, clear.count)
            let place = sealed.count
            sealed += clear[start..<end]
            frames += 1
            let nonce = [0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: frames >> (8 * $0)) }
            sealed += key.sealInPlace(&sealed, place..<sealed.count, nonce: nonce)
        }
    }
}
