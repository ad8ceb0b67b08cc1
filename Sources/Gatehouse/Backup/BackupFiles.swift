import Blobs
import Crypto
import S3Service
import Storage

/// A file in a backup.
struct BackupFile: Sendable {
    enum Source: Sendable {
        case file(String)
        case bytes([UInt8])
    }

    let name: String
    let source: Source
    let length: Int64
}

/// The files of a backup, one after the other: a few that are named, then those of all contents. There may be any number of
/// these, so they are counted first, and looked up some at a time while the backup is on its way.
struct BackupFiles: Sendable {
    let count: Int
    /// In the backup, with what stands before each file.
    let bytes: Int64
    /// The next one last.
    private var waiting: [BackupFile]
    private var place = ContentFiles()
    private let copy: StoreCopy
    private let blobs: FileBlobStore

    private static let atOnce = 1000

    /// - Parameter copy: names the contents. - Parameter blobs: has them, and keeps them until the backup is written.
    /// - Throws: `SetupError` where one is missing.
    init(_ first: [BackupFile], contentsOf copy: StoreCopy, in blobs: FileBlobStore) throws {
        (self.copy, self.blobs, waiting) = (copy, blobs, first.reversed())
        var (count, bytes) = (first.count, first.reduce(0) { $0 + BackupFiles.bytes($1) })
        try copy.read { snapshot in
            try S3Service.eachFile(snapshot) { id, length in
                bytes += BackupFiles.bytes(try BackupFiles.file(id, length, blobs))
                count += 1
            }
        }
        (self.count, self.bytes) = (count, bytes)
    }

    private static func bytes(_ file: BackupFile) -> Int64 {
        Int64(BackupEntry.head(file.name, file.length).count) + file.length
    }

    private static func file(_ id: BlobID, _ length: Int64, _ blobs: FileBlobStore) throws -> BackupFile {
        guard let file = blobs.file(of: id), file.length == length else {
            throw SetupError(
                "The content \(id) is missing or cut off, so there would be a gap in the backup: gatehouse doctor "
                    + "says whose it is. Put that object again, or delete it.")
        }
        return BackupFile(name: FileBlobStore.name(of: id), source: .file(file.path), length: length)
    }

    /// Nil after the last one.
    mutating func next() throws -> BackupFile? {
        if waiting.isEmpty {
            var place = place
            let found = try copy.read { snapshot in try place.next(BackupFiles.atOnce, snapshot) }
            self.place = place
            waiting = try found.reversed().map { try BackupFiles.file($0.id, $0.length, blobs) }
        }
        return waiting.popLast()
    }
}

/// Which files there are, however many, without keeping their names: the same files come to the same, in whatever order.
struct FileTally: Equatable {
    private var count = 0
    private var sums: [UInt64] = [0, 0, 0, 0]

    mutating func add(_ name: String, _ length: Int64) {
        let digest = SHA256.hash(BackupEntry.head(name, length))
        for index in sums.indices {
            sums[index] &+= digest[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        count += 1
    }
}
