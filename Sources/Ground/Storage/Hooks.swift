import World

/// Who is told of commits and rollbacks. Everything here runs on the writer's thread and must be quick.
final class Hooks: Sendable {
    private struct State {
        var committed: [@Sendable (Areas) -> Void] = []
        var rewound: [@Sendable (borrowing Snapshot) throws -> Void] = []
    }

    private let state = Lock(State())

    func addCommit(_ hook: @escaping @Sendable (Areas) -> Void) { state.withLock { $0.committed.append(hook) } }

    func addRewind(_ hook: @escaping @Sendable (borrowing Snapshot) throws -> Void) {
        state.withLock { $0.rewound.append(hook) }
    }

    func committed(_ areas: Areas) {
        for hook in state.withLock({ $0.committed }) { hook(areas) }
    }

    func rewound(_ connection: Connection) throws {
        for hook in state.withLock({ $0.rewound }) { try hook(Snapshot(connection)) }
    }
}
