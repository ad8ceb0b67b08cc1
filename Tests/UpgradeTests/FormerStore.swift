import AccessAnalyzerService
import IAMService
import Journal
import KMSService
import S3Service
import SSMService
import SecretsManagerService
import SigninService
import Storage
import Testing
import World

/// The house's store as a former version left it, and what it is to the house of today.
///
/// There is at least one for each migration of each part but the first: its rows are written by the migrations before that one.
struct FormerStore: Sendable, CustomTestStringConvertible {
    private let part: SchemaPart
    /// The first of the part's migrations that the former version had not. It had all of the other parts.
    private let number: Int
    /// What of the rows the case is about.
    private let title: String
    /// Tables in whose rows something changes that was there before, or that go.
    private let changed: Set<String>
    private let fill: @Sendable (inout Transaction) throws -> Void
    private let check: @Sendable (Store) async throws -> Void

    init(
        _ part: SchemaPart, before number: Int, _ title: String, changing changed: Set<String> = [],
        fill: @escaping @Sendable (inout Transaction) throws -> Void,
        check: @escaping @Sendable (Store) async throws -> Void
    ) {
        (self.part, self.number, self.title, self.changed) = (part, number, title, changed)
        (self.fill, self.check) = (fill, check)
    }

    /// Of the part and its migration.
    var name: String { FormerStore.name(part, number) }
    static func name(_ part: SchemaPart, _ number: Int) -> String { "\(part.name) \(number)" }
    var testDescription: String { "\(name): \(title)" }

    /// What the server has, in its order, but the table of its own certificate.
    static let parts: [SchemaPart] =
        IAMService.schemas + [
            Journal.schema, SigninService.schema, S3Service.schema, Scrubber.schema, AccessAnalyzerService.schema,
            KMSService.schema, SecretsManagerService.schema, SSMService.schema,
        ]

    static let all: [FormerStore] = [
        IAMUpgrades.all, RecordUpgrades.all, FactorUpgrades.all, FederationUpgrades.all, JournalUpgrades.all,
        SigninUpgrades.all, S3Upgrades.all, ScrubberUpgrades.all, AnalyzerUpgrades.all, KMSUpgrades.all,
        GrantUpgrades.all, SecretUpgrades.all, ParameterUpgrades.all,
    ].flatMap { $0 }

    /// All parts, of which one, or each, has only so many migrations.
    static func parts(_ name: String? = nil, until count: Int) -> [SchemaPart] {
        parts.map { part in
            guard name == nil || part.name == name else { return part }
            return SchemaPart(part.name, Array(part.migrations.prefix(count)))
        }
    }

    /// Opens the store with these migrations.
    static func open<Result>(
        _ folder: DataFolder, _ parts: [SchemaPart], _ body: (Store) async throws -> Result
    ) async throws -> Result {
        let store = try Store(in: folder, schema: parts, log: Log(level: .error, clock: SystemClock(), sink: { _ in }))
        defer { store.close() }
        return try await body(store)
    }

    /// Writes the rows, opens the store whole, and looks: whether every row is there as it was, whether the store is sound, and
    /// whether the rows mean today what they meant.
    func upgrade() async throws {
        let folder = try DataFolder.temporary()
        defer { folder.close() }
        let former = FormerStore.parts(part.name, until: number - 1)
        try await FormerStore.open(folder, former) { store in
            try await store.write { [fill] in try fill(&$0) }
            try FormerStore.checkSound(store)
        }
        let before = try StoredRows(in: folder)
        #expect(!before.isEmpty)
        try await FormerStore.open(folder, FormerStore.parts) { store in
            try FormerStore.checkSound(store)
            let after = try StoredRows(in: folder, columns: before.columns(without: changed))
            for (table, rows) in before.rows where !changed.contains(table) {
                #expect(after.rows[table] == rows, "\(table) has the rows it had")
            }
            try await check(store)
            try FormerStore.checkSound(store)
        }
    }

    private static func checkSound(_ store: Store) throws {
        try store.read { snapshot in
            let findings = try snapshot.rows("PRAGMA integrity_check") { $0.text(0) }
            #expect(findings == ["ok"])
            let strangers = try snapshot.rows("PRAGMA foreign_key_check") { "\($0.text(0)) \($0.int(1)) \($0.text(2))" }
            #expect(strangers.isEmpty)
        }
    }
}
