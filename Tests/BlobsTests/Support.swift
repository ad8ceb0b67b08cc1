import Blobs
import Crypto
import Foundation
import World

/// A blob store with tiny frames in a folder of its own, removed at the end.
final class Yard: Sendable {
    let path: String
    let options: BlobOptions
    let pool = BlockingPool("blobs", threads: 2)
    let keyBytes = [UInt8](repeating: 7, count: 32)
    let store: FileBlobStore

    static var small: BlobOptions {
        var options = BlobOptions()
        (options.frame, options.framesAtOnce, options.inlineLimit) = (16, 3, 4)
        return options
    }

    init(_ options: BlobOptions = Yard.small) throws {
        path = NSTemporaryDirectory() + "/blobs-" + UUID().uuidString
        self.options = options
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        store = try FileBlobStore(folder: path, key: SecretBytes(keyBytes), pool: pool, options: options)
    }

    deinit {
        pool.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The same folder as the next process would see it.
    func reopened(key: UInt8 = 7) throws -> FileBlobStore {
        try FileBlobStore(
            folder: path, key: SecretBytes([UInt8](repeating: key, count: 32)), pool: pool, options: options)
    }

    /// Writes `content` in chunks of `size`.
    func write(_ content: [UInt8], chunk size: Int = 7) async throws -> BlobReference {
        let writer = store.writer()
        for start in stride(from: 0, to: content.count, by: size) {
            try await writer.append(Array(content[start..<min(start + size, content.count)]))
        }
        return try await writer.finish()
    }

    /// Every file below the folder but the stamp.
    func files() -> [String] {
        let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return found.map { path + "/" + $0 }.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) && !isFolder.boolValue
                && !name.hasSuffix("/opened")
        }
    }
}

extension FileBlobStore {
    func content(_ reference: BlobReference, _ range: Range<Int64>? = nil) async throws -> [UInt8] {
        let reader = try await reader(reference, range: range ?? 0..<reference.length)
        var content: [UInt8] = []
        while let piece = try await reader.next() {
            precondition(!piece.isEmpty)
            content += piece
        }
        return content
    }
}

func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }
