import CSystem
import Glibc
import World

/// Reads the files that a command line names.
enum TextFile {
    /// The whole file, or standard input for `-`. Throws where it cannot be read, or is larger than `limit`.
    static func read(_ path: String, limit: Int = 1 << 30) throws -> [UInt8] {
        let file = path == "-" ? STDIN_FILENO : gh_open(path, O_RDONLY, 0)
        guard file >= 0 else { throw SetupError("cannot read \(path): \(SystemFault.text(gh_errno()))") }
        defer { if path != "-" { close(file) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw SetupError("cannot read \(path): \(SystemFault.text(gh_errno()))") }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw SetupError("\(path) is larger than \(limit) bytes") }
            bytes += chunk[..<count]
        }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, in byte order, without hidden ones.
    static func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else {
            throw SetupError("cannot read the folder \(folder): \(SystemFault.text(gh_errno()))")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
