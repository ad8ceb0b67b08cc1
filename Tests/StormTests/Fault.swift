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

/// Holds the writer inside a body, so that what follows goes into one commit.
final class Hold: Sendable {
    private let state = Monitor((isOpen: false, isHeld: false))
    private let store: Store

    init(_ store: Store) {
        self.store = store
        let state = state
        store.submit { _ in
            state.withLock { $0.isHeld = true }
            state.wakeAll()
            state.wait(until: { $0.isOpen }) { _ in }
        }
        state.wait(until: { $0.isHeld }) { _ in }
    }

    /// Returns once `count` items wait behind the writer, or `isOver` says that they will not come.
    func whenWaiting(_ count: Int, or isOver: () -> Bool) async {
        while store.waitingWrites < count, !isOver() { await Task.yield() }
    }

    func open() {
        state.withLock { $0.isOpen = true }
        state.wakeAll()
    }
}
