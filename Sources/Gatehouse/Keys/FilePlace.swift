import Glibc

/// Where folders lie, whatever names and links lead there.
enum FilePlace {
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
