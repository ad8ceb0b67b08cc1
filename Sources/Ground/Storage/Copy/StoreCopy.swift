import CSQLite
import CSystem

extension Store {
    /// Writes the database as it is now into a new file, while requests go on. Takes the time that reading it takes: not for
    /// a request's own thread.
    public func copy(to path: String) throws {
        try? StoreCopy(path).remove()
        let source = try Connection(path: self.path, settings: ["PRAGMA query_only=ON"])
        let copy = try Connection(path: path, creating: true, settings: ["PRAGMA synchronous=OFF"])
        // One view for all steps: what is committed meanwhile is not of this copy.
        try source.execute("BEGIN")
        _ = try Snapshot(source).number("SELECT count(*) FROM sqlite_schema")
        defer { try? source.execute("ROLLBACK") }
        guard let backup = sqlite3_backup_init(copy.database, "main", source.database, "main") else {
            throw StorageError(copy.database)
        }
        let status = sqlite3_backup_step(backup, -1)
        sqlite3_backup_finish(backup)
        guard status == SQLITE_DONE else { throw StorageError(copy.database) }
    }
}

/// A file that `Store.copy` wrote.
public struct StoreCopy: Sendable {
    private let path: String

    /// Names it.
    public init(_ path: String) { self.path = path }

    /// Reads it.
    public func read<R>(_ body: (borrowing Snapshot) throws -> R) throws -> R {
        let connection = try Connection(path: path, settings: ["PRAGMA query_only=ON"])
        try connection.execute("BEGIN")
        defer { try? connection.execute("ROLLBACK") }
        return try body(Snapshot(connection, connection.memory))
    }

    /// Removes it, and what SQLite laid beside it.
    public func remove() throws {
        for end in ["", "-wal", "-shm", "-journal"] where unlink(path + end) != 0 && gh_errno() != ENOENT {
            throw StorageError.system(operation: "unlink", path: path + end, errno: gh_errno())
        }
    }
}
