import Glibc

/// Where files and folders lie, whatever names and links lead there.
enum FilePlace {
    /// - Throws: `SetupError` where the file lies inside the data folder: a copy of that would hold what opens it.
    /// - Parameter what: the file's name in the message, such as `PIN file`.
    static func requireOutside(_ dataFolder: String, _ path: String, _ what: String) throws {
        guard let folder = real(dataFolder) else { return }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        // The file itself may be a link into the folder.
        let places = [real(parent.isEmpty ? "/" : parent).map { $0 + "/" }, real(path)]
        guard !places.contains(where: { $0?.hasPrefix(folder + "/") ?? false }) else {
            throw SetupError(
                "The \(what) \(path) lies inside the data folder \(dataFolder). Keep it elsewhere: whoever copies the data must "
                    + "not get what opens it.")
        }
    }

    /// A folder's path without slashes at its end; by its own name where it ends in `.` or `..`, so that a file can stand beside it.
    static func named(_ folder: String) -> String {
        var path = folder
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        let last = path.split(separator: "/", omittingEmptySubsequences: false).last
        return last == "." || last == ".." ? real(path) ?? path : path
    }

    private static func real(_ path: String) -> String? {
        // Allocated by the C library, freed here.
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
