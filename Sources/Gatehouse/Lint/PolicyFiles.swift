import CSystem
import Glibc

/// The files a command line names: folders stand for the JSON files in them.
enum PolicyFiles {
    /// Paths in their order; those of a folder sorted.
    static func list(_ arguments: [String]) throws -> [String] {
        try arguments.flatMap { path in isFolder(path) ? try content(path, depth: 0) : [path] }
    }

    private static let deepest = 32

    private static func content(_ folder: String, depth: Int) throws -> [String] {
        guard depth < deepest else { return [] }
        guard let handle = opendir(folder) else { throw UnreadableFile(path: folder) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(
                withUnsafePointer(to: entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return try names.sorted().filter { !$0.hasPrefix(".") }.flatMap { name in
            let path = folder + (folder.hasSuffix("/") ? "" : "/") + name
            if isFolder(path) { return try content(path, depth: depth + 1) }
            return name.hasSuffix(".json") ? [path] : []
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The bytes of a file, or of standard input for `-`. No policy is nearly as large as what is read at most.
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY)
        guard descriptor >= 0 else { throw UnreadableFile(path: path) }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count >= 0, bytes.count <= largest else { throw UnreadableFile(path: path) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    private static let largest = 16 * 1024 * 1024
}

/// A file that is not there, or may not be read.
struct UnreadableFile: Error {
    let path: String
}
