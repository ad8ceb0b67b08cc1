import CSQLite
import CSystem

/// One SQLite connection with its prepared statements. Used by one thread at a time; the pool and the writer see to it.
final class Connection {
    let database: OpaquePointer
    /// What reads found on the open snapshot.
    let memory = Memory()
    /// What texts mean that were read on it.
    let texts = ReadTexts()
    /// How long a statement waits for a lock that another connection holds, in milliseconds.
    var lockPatience: Int32 = 10_000 { didSet { sqlite3_busy_timeout(database, lockPatience) } }
    /// By the address of the SQL literal: each literal in the program is prepared once per connection.
    private var statements: [UnsafePointer<UInt8>: Statement] = [:]

    /// Opens, or with `creating` also makes, the file at `path`.
    init(path: String, creating: Bool = false, settings: [String]) throws {
        if creating { try Connection.create(path) }
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let status = sqlite3_open_v2(path, &handle, creating ? flags | SQLITE_OPEN_CREATE : flags, nil)
        guard status == SQLITE_OK, let handle else {
            let error = StorageError(handle)
            sqlite3_close_v2(handle)
            throw error
        }
        database = handle
        gh_sqlite_defensive(handle)
        sqlite3_busy_timeout(handle, lockPatience)
        for setting in settings { try execute(setting) }
    }

    /// Makes the file for its owner alone; the log and the index take its mode. An existing one is not opened here:
    /// closing it again would drop the locks that other connections of this process hold on it.
    private static func create(_ path: String) throws {
        let file = gh_open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        if file >= 0 {
            _ = close(file)
        } else if gh_errno() != EEXIST {
            throw StorageError.system(operation: "open", path: path, errno: gh_errno())
        }
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(database)
    }

    /// Runs SQL made at run time, one or more statements without parameters or results. Not cached: for the schema.
    func execute(_ sql: String) throws {
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else { throw StorageError(database) }
    }

    /// Lends the statement of `sql`, bound and ready to step. Give it back with `reset`.
    func begin(_ sql: StaticString, _ values: [SQLValue]) throws -> Statement {
        let statement = try lend(sql)
        statement.isInUse = true
        do { try statement.bind(values) } catch {
            statement.reset()
            throw error
        }
        return statement
    }

    /// Steps a statement to its end, ignoring rows.
    @discardableResult
    func run(_ sql: StaticString, _ values: [SQLValue] = []) throws -> Int {
        let statement = try begin(sql, values)
        defer { statement.reset() }
        while try statement.step() {}
        return Int(sqlite3_changes64(database))
    }

    /// Whether a transaction is open. SQLite ends one by itself after some errors (disk full, IO).
    var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

    private func lend(_ sql: StaticString) throws -> Statement {
        if let statement = statements[sql.utf8Start] {
            // Recursion: the same SQL inside the closure of its own rows.
            return statement.isInUse ? Statement(try prepare(sql, 0)) : statement
        }
        let statement = Statement(try prepare(sql, UInt32(SQLITE_PREPARE_PERSISTENT)))
        statements[sql.utf8Start] = statement
        return statement
    }

    private func prepare(_ sql: StaticString, _ flags: UInt32) throws -> OpaquePointer {
        var pointer: OpaquePointer?
        // A literal lives as long as the program.
        let status = sql.withUTF8Buffer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                sqlite3_prepare_v3(database, $0.baseAddress, Int32($0.count), flags, &pointer, nil)
            }
        }
        guard status == SQLITE_OK, let pointer else { throw StorageError(database) }
        return pointer
    }
}
