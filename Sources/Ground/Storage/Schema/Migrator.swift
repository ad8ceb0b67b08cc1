import CSQLite
import World

/// Brings the database to the schema of this program before anything else uses it.
///
/// Applied migrations are recorded with their text. All pending ones run in one transaction, after a copy of existing
/// data was made beside it.
struct Migrator {
    private let connection: Connection
    private let folder: DataFolder
    private let log: Log

    private struct Pending {
        let part: String
        let migration: Migration
    }

    init(_ connection: Connection, folder: DataFolder, _ log: Log) {
        (self.connection, self.folder, self.log) = (connection, folder, log)
    }

    func apply(_ parts: [SchemaPart]) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS gatehouse_schema
            (part TEXT NOT NULL, number INTEGER NOT NULL, sql TEXT NOT NULL, PRIMARY KEY (part, number)) STRICT
            """)
        let hasData = try Snapshot(connection).exists("SELECT 1 FROM gatehouse_schema")
        let pending = try missing(from: parts)
        guard let first = pending.first else { return }
        if hasData { try keepCopy(before: first) }
        try connection.execute("BEGIN IMMEDIATE")
        do {
            for step in pending { try run(step) }
            try connection.execute("COMMIT")
        } catch {
            if connection.isInTransaction { try connection.execute("ROLLBACK") }
            throw error
        }
    }

    /// - Throws: where the database does not have the schema of this program. Changes nothing.
    func require(_ parts: [SchemaPart]) throws {
        let hasSchema = try Snapshot(connection).exists("SELECT 1 FROM sqlite_schema WHERE name = 'gatehouse_schema'")
        guard try hasSchema && missing(from: parts).isEmpty else {
            throw StorageError.schema(
                "The data in \(folder.path) is of an earlier Gatehouse and needs migration: start the server once.")
        }
    }

    /// What the database has not seen. A part that only the database knows is a newer program's: what lies in it, such as who
    /// is denied something, must not be passed over.
    private func missing(from parts: [SchemaPart]) throws -> [Pending] {
        let known = Set(parts.map(\.name))
        let there = try Snapshot(connection).rows("SELECT DISTINCT part FROM gatehouse_schema ORDER BY part") {
            $0.text(0)
        }
        if let stranger = there.first(where: { !known.contains($0) }) {
            throw StorageError.schema(
                """
                The data in \(folder.path) was written by a newer Gatehouse: it has '\(stranger)', which this program does \
                not know. Start the newer program.
                """)
        }
        return try parts.flatMap { part in try missing(from: part) }
    }

    /// The migrations of a part that the database has not seen; those it has seen must be the same.
    private func missing(from part: SchemaPart) throws -> [Pending] {
        let applied = try Snapshot(connection).rows(
            "SELECT sql FROM gatehouse_schema WHERE part = ? ORDER BY number", .text(part.name)
        ) { $0.text(0) }
        guard applied.count <= part.migrations.count else {
            throw StorageError.schema(
                """
                The data in \(folder.path) was written by a newer Gatehouse: '\(part.name)' is at step \
                \(applied.count), this program knows \(part.migrations.count). Start the newer program.
                """)
        }
        for (sql, migration) in zip(applied, part.migrations) where sql != migration.sql {
            throw StorageError.schema(
                """
                Migration \(migration.number) of '\(part.name)' differs from the one applied to \(folder.path): another \
                build of Gatehouse wrote the data. Start that one.
                """)
        }
        return part.migrations.dropFirst(applied.count).map { Pending(part: part.name, migration: $0) }
    }

    private func run(_ step: Pending) throws {
        do {
            try connection.execute(step.migration.sql)
        } catch {
            throw StorageError.schema("Migration \(step.migration.number) of '\(step.part)' failed: \(error)")
        }
        try connection.run(
            "INSERT INTO gatehouse_schema (part, number, sql) VALUES (?, ?, ?)",
            [.text(step.part), .number(step.migration.number), .text(step.migration.sql)])
    }

    /// Copies the database beside itself. Only the last copy is kept: it holds what was since deleted.
    private func keepCopy(before step: Pending) throws {
        let path = folder.path + "/gatehouse.db.before-migration"
        try folder.remove("gatehouse.db.before-migration")
        let copy = try Connection(path: path, creating: true, settings: [])
        guard let backup = sqlite3_backup_init(copy.database, "main", connection.database, "main") else {
            throw StorageError(copy.database)
        }
        let status = sqlite3_backup_step(backup, -1)
        sqlite3_backup_finish(backup)
        guard status == SQLITE_DONE else { throw StorageError(copy.database) }
        log(
            .info, "kept a copy before migrating",
            ["path": path, "part": step.part, "number": "\(step.migration.number)"])
    }
}
