import World

/// The writes waiting for the writer, in the order they came.
final class WriteQueue: Sendable {
    private struct State {
        var items: [WriteItem] = []
        var isClosed = false
        var isWriterWaiting = false
    }

    private let state = Monitor(State())

    /// The most writes that may wait.
    static let limit = 65_536
    /// The most writes in one commit.
    static let batchLimit = 4096

    func put(_ item: WriteItem) throws {
        let wakes = try state.withLock { state throws(StorageError) in
            if state.isClosed { throw StorageError.closed }
            if state.items.count >= WriteQueue.limit { throw StorageError.overloaded }
            state.items.append(item)
            return state.isWriterWaiting
        }
        if wakes { state.wakeOne() }
    }

    /// All waiting items, up to the limit of a batch; none after `milliseconds` without any; nil once closed and empty.
    func take(waiting milliseconds: Int?) -> [WriteItem]? {
        state.withLock { $0.isWriterWaiting = true }
        return state.wait(until: { !$0.items.isEmpty || $0.isClosed }, milliseconds: milliseconds) { state in
            state.isWriterWaiting = false
            if state.items.isEmpty { return state.isClosed ? nil : [] }
            guard state.items.count > WriteQueue.batchLimit else {
                defer { state.items = [] }
                return state.items
            }
            defer { state.items.removeFirst(WriteQueue.batchLimit) }
            return Array(state.items.prefix(WriteQueue.batchLimit))
        }
    }

    var count: Int { state.withLock { $0.items.count } }

    func close() {
        state.withLock { $0.isClosed = true }
        state.wakeAll()
    }
}
