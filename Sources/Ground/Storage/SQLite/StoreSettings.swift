import CSQLite

/// What an operator or a test may set.
public struct StoreOptions: Sendable {
    /// The most pages (4 KiB each) the database may have; nil for SQLite's own limit.
    public var maximumPages: Int?
    /// The writer's page cache in KiB.
    public var writerCacheKiB = 16 * 1024
    /// The page cache of each read connection in KiB. Small, so that the processor's own cache holds it: each commit
    /// empties it, and behind it the kernel has the pages.
    public var readerCacheKiB = 512

    /// What is laid up for deletions on a full disk, in bytes; 0 for nothing. Temporary folders lay up nothing. More
    /// than the log usually has, so that a checkpoint fits in it: a deletion overwrites, and so logs, what it deletes.
    public var reserveBytes: Int64 = 32 << 20

    /// Whether a new folder gets the schema, and data of an earlier program is brought to it; otherwise they are refused.
    public var migrates = true

    public init() {}

    /// For a look at what is there: nothing is made or migrated.
    public static var asItIs: StoreOptions {
        var options = StoreOptions()
        (options.migrates, options.reserveBytes) = (false, 0)
        return options
    }
}

/// The settings of the three kinds of connection.
struct StoreSettings {
    let writer: [String]
    let reader: [String]
    let checkpointer: [String]

    /// What every connection gets. `secure_delete=ON` and not FAST: FAST leaves deleted content in free pages.
    private static let common = [
        "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON", "PRAGMA trusted_schema=OFF", "PRAGMA temp_store=MEMORY",
        "PRAGMA cell_size_check=ON", "PRAGMA wal_autocheckpoint=0",
    ]

    /// A temporary folder's content ends with the process, so nothing in it is synced.
    init(_ options: StoreOptions, isTemporary: Bool) {
        let synchronous = isTemporary ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=NORMAL"
        var writer = ["PRAGMA journal_mode=WAL", synchronous, "PRAGMA cache_size=-\(options.writerCacheKiB)"]
        if let pages = options.maximumPages { writer.append("PRAGMA max_page_count=\(pages)") }
        self.writer = StoreSettings.common + writer
        reader =
            StoreSettings.common + [
                "PRAGMA cache_size=-\(options.readerCacheKiB)", "PRAGMA mmap_size=0",
                "PRAGMA query_only=ON",
            ]
        checkpointer = StoreSettings.common + [synchronous]
    }
}

/// The library, set up once per process.
enum SQLiteLibrary {
    /// A reader's whole cache. Of the writer's, the first part.
    private static let pagesAtOnce: Int32 = 120
    private static let status = gh_sqlite_configure(pagesAtOnce)

    /// Must precede the first connection. False where another part of the process was first, whose settings stay.
    static func configure() -> Bool { status == 0 }
}
