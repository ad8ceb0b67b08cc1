import Blobs
import Crypto
import Journal
import KeyVault
import S3Service
import Storage
import World

/// Makes backups of a running server: one at a time, of one moment, while requests go on.
final class Backups: Sendable {
    static let path = "/_gatehouse/backup"

    private let folder: DataFolder
    private let store: Store
    private let journal: Journal
    private let blobs: BlobStore
    private let vault: any KeyVault
    private let identifiers: Identifiers
    private let pool = BlockingPool("backup", threads: 1, limit: 64)
    private let isBusy = Lock(false)

    init(
        _ folder: DataFolder, _ store: Store, _ journal: Journal, _ blobs: BlobStore, _ vault: any KeyVault,
        _ identifiers: Identifiers
    ) {
        (self.folder, self.store, self.journal) = (folder, store, journal)
        (self.blobs, self.vault, self.identifiers) = (blobs, vault, identifiers)
    }

    /// Everything that was acknowledged before the call is in it.
    /// - Throws: `SetupError` where there cannot be one now.
    func begin() async throws -> BackupStream {
        guard !folder.isTemporary else { throw SetupError("This server keeps nothing: its root ends with it.") }
        let isFirst = isBusy.withLock { busy in
            defer { busy = true }
            return !busy
        }
        guard isFirst else { throw SetupError("Another backup is being made. Wait for its end.") }
        let free: @Sendable () -> Void = { [isBusy] in isBusy.withLock { $0 = false } }
        do {
            // Records of reads lie beside the database for a moment.
            try await journal.settle()
            return try await pool.run { [self] in try stream(done: free) }
        } catch {
            free()
            throw error
        }
    }

    private func stream(done: @escaping @Sendable () -> Void) throws -> BackupStream {
        let freeze = blobs.freeze()
        let path = "\(folder.path)/tmp/backup-\(identifiers.uuid()).db"
        let copy = StoreCopy(path)
        do {
            let root = try rootFile()
            try store.copy(to: path)
            guard try rootFile() == root else { throw SetupError("The root was changed meanwhile. Try again.") }
            let head = BackupHead(root: root)
            return BackupStream(
                head, try head.cipher(vault), try files(copy, path), copy, freeze, pool, done: done)
        } catch {
            try? copy.remove()
            throw error
        }
    }

    private func rootFile() throws -> [UInt8] { try TextFile.read(folder.path + "/root", limit: 1 << 16) }

    private func files(_ copy: StoreCopy, _ path: String) throws -> [BackupStream.File] {
        var files = [BackupStream.File(name: BackupEntry.database, path: path, length: try FileReader(path).left)]
        for name in BackupEntry.beside {
            let path = folder.path + "/" + name
            guard let reader = try? FileReader(path) else { continue }
            files.append(.init(name: name, path: path, length: reader.left))
        }
        let ids = try copy.read { try S3Service.liveBlobs($0) }
        for id in ids {
            guard let file = blobs.file(of: id) else {
                throw SetupError("The content \(id) is missing: gatehouse doctor says more. Nothing was written.")
            }
            files.append(.init(name: BlobStore.name(of: id), path: file.path, length: file.length))
        }
        return files
    }
}
