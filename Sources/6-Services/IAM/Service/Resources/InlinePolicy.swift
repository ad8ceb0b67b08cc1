import Storage

/// A policy written into one user, group or role. An owner is a unique id; names are compared without case.
struct InlinePolicy: Sendable {
    let name: String
    let document: String

    static func find(_ name: String, of owner: String, _ snapshot: borrowing Snapshot) throws -> InlinePolicy? {
        try snapshot.first(
            "SELECT name, document FROM iam_inline_policy WHERE owner = ? AND name_key = ?", .text(owner),
            .text(name.lowercased())
        ) { InlinePolicy(name: $0.text(0), document: $0.text(1)) }
    }

    static func all(of owner: String, _ snapshot: borrowing Snapshot) throws -> [InlinePolicy] {
        try snapshot.rows(
            "SELECT name, document FROM iam_inline_policy WHERE owner = ? ORDER BY name_key", .text(owner)
        ) { InlinePolicy(name: $0.text(0), document: $0.text(1)) }
    }

    static func names(of owner: String, after marker: String, limit: Int, _ snapshot: borrowing Snapshot) throws
        -> [String]
    {
        try snapshot.rows(
            "SELECT name FROM iam_inline_policy WHERE owner = ? AND name_key > ? ORDER BY name_key LIMIT ?",
            .text(owner),
            .text(marker), .number(limit)
        ) { $0.text(0) }
    }

    func put(on owner: String, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_inline_policy (owner, name_key, name, document) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (owner, name_key) DO UPDATE SET document = excluded.document
            """, .text(owner), .text(name.lowercased()), .text(name), .text(document))
        transaction.touch(.identity)
    }

    /// False where there was none.
    static func delete(_ name: String, of owner: String, _ transaction: inout Transaction) throws -> Bool {
        transaction.touch(.identity)
        return try transaction.run(
            "DELETE FROM iam_inline_policy WHERE owner = ? AND name_key = ?", .text(owner), .text(name.lowercased()))
            == 1
    }
}
