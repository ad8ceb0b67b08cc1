extension Store {
    /// Removes all rows of all tables and then lets `initial` write the first ones, in one commit. For test servers.
    ///
    /// Marks all areas, and tells `onRewind` before `initial` runs, so that everything derived is read again.
    public func reset(to initial: @escaping @Sendable (inout Transaction) throws -> Void) async throws {
        let hooks = hooks
        try await write(isReclaiming: true) { transaction in
            let connection = transaction.snapshot.connection
            // Until the commit, so that tables can be emptied in any order.
            try connection.execute("PRAGMA defer_foreign_keys=ON")
            let tables = try transaction.rows(
                """
                SELECT name FROM sqlite_schema
                WHERE type = 'table' AND name <> 'gatehouse_schema' AND name NOT LIKE 'sqlite_stat%'
                """
            ) { $0.text(0) }
            for table in tables { try connection.execute("DELETE FROM \"\(table)\"") }
            try hooks.rewound(connection)
            try initial(&transaction)
            transaction.touch(.all)
            transaction.eraseTraces()
        }
    }
}
