import World

/// Work that many may want at once and that one does for all: who comes while it is being done waits for its end.
final class SharedWork<Subject: Hashable & Sendable, Result: Sendable>: Sendable {
    // Tasks without a parent: each is awaited by many, and must not end with the first of them.
    private let underway = Lock<[Subject: Task<Result, any Error>]>([:])

    /// What the work gives, or its failure, which the next to come do not share.
    func result(
        for subject: Subject, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = underway.withLock { underway in
            if let task = underway[subject] { return task }
            let task = Task { [self] in
                defer { self.underway.withLock { $0[subject] = nil } }
                return try await work()
            }
            underway[subject] = task
            return task
        }
        return try await task.value
    }
}
