import CSystem
import Glibc
import World

/// What is done to the folder that a backup is restored into.
enum RestoreFolder {
    static func make(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 else { throw SetupError("cannot make \(path): \(SystemFault.text(gh_errno()))") }
    }

    /// Makes the folders of `parts` below `place`, which may be there.
    static func makeAll(_ place: String, _ parts: String) throws {
        var path = place
        for part in parts.split(separator: "/") {
            path += "/" + part
            if mkdir(path, 0o700) != 0, gh_errno() != EEXIST {
                throw SetupError("cannot make \(path): \(SystemFault.text(gh_errno()))")
            }
        }
    }

    static func isEmpty(_ path: String) throws -> Bool {
        guard let names = names(in: path) else { throw SetupError("\(path) is no folder that can be read") }
        return names.isEmpty
    }

    /// Gives a whole folder its name; an empty one that has it goes.
    static func move(_ place: String, to path: String) throws {
        sync()
        if access(path, F_OK) == 0, rmdir(path) != 0 { throw SetupError("\(path) is not empty") }
        guard rename(place, path) == 0 else { throw SetupError("cannot make \(path): \(SystemFault.text(gh_errno()))") }
        sync()
    }

    /// Removes what an earlier restore left; absence is no error.
    static func remove(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & 0o170000 == 0o040000 else {
            guard unlink(path) == 0 else { throw SetupError("cannot remove \(path): \(SystemFault.text(gh_errno()))") }
            return
        }
        for name in names(in: path) ?? [] { try remove(path + "/" + name) }
        guard rmdir(path) == 0 else { throw SetupError("cannot remove \(path): \(SystemFault.text(gh_errno()))") }
    }

    private static func names(in path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            // The entry's name is a C string inside it, valid until the next readdir.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
