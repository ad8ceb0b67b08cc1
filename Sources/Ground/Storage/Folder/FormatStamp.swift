import CSystem

/// The file `FORMAT`: which layout the folder has.
enum FormatStamp {
    /// True also where nobody may look.
    static func isIn(_ folder: String) -> Bool {
        access(folder + "/FORMAT", F_OK) == 0 || (gh_errno() != ENOENT && gh_errno() != ENOTDIR)
    }

    /// Writes the stamp of a new folder; refuses one that a newer program has written.
    static func check(in folder: DataFolder) throws {
        let path = folder.path + "/FORMAT"
        let file = gh_open(path, O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { throw StorageError.system(operation: "open", path: path, errno: gh_errno()) }
        defer { _ = close(file) }
        let text = [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            count = max(0, read(file, buffer.baseAddress, 64))
        }
        if text.isEmpty { return try write(to: file, path) }
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard words.count == 3, words[0] == "gatehouse", let number = Int(words[2]) else {
            throw StorageError.folder(
                "\(folder.path) is not a data folder of Gatehouse: its FORMAT file reads otherwise.")
        }
        guard number <= DataFolder.format else {
            throw StorageError.folder(
                """
                \(folder.path) has format \(number); this program knows formats up to \(DataFolder.format). Start the \
                newer Gatehouse, or give this one another data folder.
                """)
        }
    }

    private static func write(to file: Int32, _ path: String) throws {
        let text = Array("gatehouse format \(DataFolder.format)\n".utf8)
        let written = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
        guard written == text.count, fsync(file) == 0 else {
            throw StorageError.system(operation: "write", path: path, errno: gh_errno())
        }
    }
}
