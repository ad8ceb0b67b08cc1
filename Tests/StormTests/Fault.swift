@testable import Storage
import World

/// How the store fails for a while.
enum Fault: CaseIterable, Sendable {
    /// No page more.
    case full
    /// Somebody else holds the database's write lock.
    case busy
}

/// A fault that lasts until `lift`.
final class StandingFault: Sendable {
    let fault: Fault
    private let store: Store
    private let holder: Lock<Connection?>

    init(_ fault: Fault, on store: Store, at path: String) async throws {
        (self.fault, self.store) = (fault, store)
        switch fault {
        case .full:
            holder = Lock(nil)
            // The least is what is there already.
            try await store.write { try $0.snapshot.connection.execute("PRAGMA max_page_count=1") }
        case .busy:
            try await store.write { $0.snapshot.connection.lockPatience = 1 }
            let connection = try Connection(path: path + "/gatehouse.db", settings: ["PRAGMA busy_timeout=10000"])
            try connection.execute("BEGIN IMMEDIATE")
            holder = Lock(connection)
        }
    }

    func lift() async throws {
        switch fault {
        case .full: try await store.write { try $0.snapshot.connection.execute("PRAGMA max_page_count=1073741823") }
        case .busy:
            try holder.withLock { holder in try holder.take()?.execute("ROLLBACK") }
            try await store.write { $0.snapshot.connection.lockPatience = 10_000 }
        }
    }
}
