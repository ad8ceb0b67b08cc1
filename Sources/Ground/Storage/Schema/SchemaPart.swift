/// The tables of one part of the house, as the migrations that lead to them.
///
/// Tables are STRICT, text is compared bytewise (BINARY), names are prefixed by the part: `iam_user`.
public struct SchemaPart: Sendable {
    /// A short lower-case name, such as `iam`; it never changes.
    public let name: String
    /// Numbered 1, 2, 3 …; only ever appended to.
    public let migrations: [Migration]

    public init(_ name: String, _ migrations: [Migration]) {
        for (index, migration) in migrations.enumerated() {
            precondition(migration.number == index + 1, "migrations of \(name) are numbered 1, 2, 3 …")
        }
        (self.name, self.migrations) = (name, migrations)
    }
}

/// One step of a schema. Its text is recorded in the database when it is applied, and must not change afterwards.
public struct Migration: Sendable {
    public let number: Int
    /// One or more statements.
    public let sql: String

    public init(_ number: Int, _ sql: String) { (self.number, self.sql) = (number, sql) }
}
