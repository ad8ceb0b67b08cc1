import Blobs
import CSystem
import Crypto
import Glibc
import Journal
import KeyVault
import Storage
import World

/// Makes backups of a running server: one at a time, of one moment, while requests go on.
final class Backups: Sendable {
    static let path = "/_gatehouse/backup"

    private let folder: DataFolder
    private let store: Store
    private let journal: Journal
    private let blobs: FileBlobStore
    private let vault: any KeyVault
    private let identifiers: Identifiers
    private let pool = BlockingPool("backup", threads: 1, limit: 64)
    private let isBusy = Lock(false)

    init(
        _ folder: DataFolder, _ store: Store, _ journal: Journal, _ blobs: FileBlobStore, _ vault: any KeyVault,
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
            let (root, beside) = (try rootFile(), try smallFiles())
            try requireRoom()
            do { try store.copy(to: path) } catch let error as StorageError {
                throw SetupError("The database could not be copied: \(error).")
            }
            guard try rootFile() == root else { throw SetupError("The root was changed meanwhile. Try again.") }
            let head = BackupHead(root: root)
            let database = BackupFile(
                name: BackupEntry.database, source: .file(path), length: try FileReader(path).left)
            let files = try BackupFiles([database] + beside, contentsOf: copy, in: blobs)
            return BackupStream(head, try head.cipher(vault), files, copy, freeze, pool, done: done)
        } catch {
            try? copy.remove()
            throw error
        }
    }

    private func rootFile() throws -> [UInt8] { try TextFile.read(folder.path + "/root", limit: 1 << 16) }

    /// Those beside the database that are there.
    private func smallFiles() throws -> [BackupFile] {
        try BackupEntry.beside.compactMap { name in
            let path = folder.path + "/" + name
            guard access(path, F_OK) == 0 else { return nil }
            let bytes = try TextFile.read(path, limit: 1 << 20)
            return BackupFile(name: name, source: .bytes(bytes), length: Int64(bytes.count))
        }
    }

    /// The copy of the database must leave the requests their room.
    private func requireRoom() throws {
        var (room, database) = (statvfs(), stat())
        guard statvfs(folder.path, &room) == 0, stat(folder.path + "/gatehouse.db", &database) == 0 else { return }
        let free = Int64(clamping: UInt64(room.f_bavail) * UInt64(room.f_frsize))
        let needed = Int64(database.st_size) + (128 << 20)
        guard free > needed else {
            throw SetupError(
                "The copy of the database needs \(Progress.size(needed)) of room in the data folder, and there are "
                    + "\(Progress.size(free)).")
        }
    }
}
