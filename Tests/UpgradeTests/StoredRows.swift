import World

@testable import Storage

/// Every row of every table, as literals of SQL: what a migration must leave as it is.
struct StoredRows {
    private let columns: [String: [String]]
    /// By table, in the order of their texts.
    let rows: [String: [String]]

    var isEmpty: Bool { rows.isEmpty }

    /// - Parameter columns: by table, those that are looked at; nil for all there are.
    init(in folder: DataFolder, columns asked: [String: [String]]? = nil) throws {
        let connection = try Connection(path: folder.path + "/gatehouse.db", settings: [])
        let snapshot = Snapshot(connection)
        let there = try snapshot.rows(
            """
            SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name <> 'gatehouse_schema' AND t.name NOT LIKE 'sqlite_%'
            """
        ) { (table: $0.text(0), column: $0.text(1)) }
        columns = asked ?? Dictionary(grouping: there, by: \.table).mapValues { $0.map(\.column) }
        try connection.execute("CREATE TEMP TABLE told (name TEXT, line TEXT)")
        for (table, columns) in columns {
            let line = columns.map { "quote(t.\"\($0)\")" }.joined(separator: " || ' ' || ")
            try connection.execute("INSERT INTO told SELECT '\(table)', \(line) FROM \(table) t")
        }
        let lines = try snapshot.rows("SELECT name, line FROM told ORDER BY name, line") { ($0.text(0), $0.text(1)) }
        rows = Dictionary(grouping: lines, by: \.0).mapValues { $0.map(\.1) }
    }

    /// The columns of every table that is not among these.
    func columns(without tables: Set<String>) -> [String: [String]] { columns.filter { !tables.contains($0.key) } }
}
