import Storage
import Testing
import World

/// Defends: an upgrade keeps everything, and what it makes of a store is what a new one is.
@Suite struct UpgradeTests {
    @Test("rows of before are there and mean what they meant", arguments: FormerStore.all)
    func rows(_ former: FormerStore) async throws { try await former.upgrade() }

    @Test("no migration comes without rows of before")
    func everyMigration() {
        let told = Set(FormerStore.all.map(\.name))
        let untold = FormerStore.parts.flatMap { part in
            part.migrations.dropFirst().map { FormerStore.name(part, $0.number) }.filter { !told.contains($0) }
        }
        #expect(untold == [])
    }

    @Test("a store of any former version becomes what a new one is", arguments: FormerStore.parts.map(\.name))
    func schemaOfPart(_ name: String) async throws {
        let part = try #require(FormerStore.parts.first { $0.name == name })
        let new = try await schema()
        // Every version had the first part, which others look into. Any other may have been missing altogether.
        let least = name == FormerStore.parts.first?.name ? 1 : 0
        for count in least..<part.migrations.count {
            #expect(try await schema(after: FormerStore.parts(name, until: count)) == new, "\(name) from \(count)")
        }
    }

    @Test("and so does one of which every part was younger")
    func schemaOfAll() async throws {
        let longest = FormerStore.parts.map(\.migrations.count).max() ?? 0
        let new = try await schema()
        for count in 1..<longest {
            #expect(try await schema(after: FormerStore.parts(until: count)) == new, "from \(count)")
        }
    }

    /// Of a store that was made with these migrations and then opened whole; of a new one without any.
    private func schema(after former: [SchemaPart]? = nil) async throws -> [String] {
        let folder = try DataFolder.temporary()
        defer { folder.close() }
        if let former { try await FormerStore.open(folder, former) { _ in } }
        return try await FormerStore.open(folder, FormerStore.parts) { store in
            try store.read { snapshot in
                let objects = try snapshot.rows(
                    """
                    SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema
                    UNION ALL SELECT 'migration', part, number, sql FROM gatehouse_schema ORDER BY 1, 2, 3
                    """
                ) { row in (0..<4).map { row.text($0) }.joined(separator: " ") }
                return objects.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            }
        }
    }
}
