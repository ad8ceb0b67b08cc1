/// A few threads on which calls that block are made, so that no event loop ever waits for a disk.
public final class BlockingPool: Sendable {
    /// The pool has been closed, or its queue is full.
    public enum Refusal: Error { case closed, full }

    private struct Queue {
        var jobs: [@Sendable () -> Void] = []
        var head = 0
        var isClosed = false
        var isEmpty: Bool { head == jobs.count }

        mutating func take() -> (@Sendable () -> Void)? {
            guard !isEmpty else { return nil }
            let job = jobs[head]
            head += 1
            if head == jobs.count || head > 512 {
                jobs.removeFirst(head)
                head = 0
            }
            return job
        }
    }

    private let queue: Monitor<Queue>
    private let threads: [WorkerThread]
    private let limit: Int

    /// `limit` bounds the calls waiting for a thread.
    public init(_ name: String = "blocking", threads count: Int = 4, limit: Int = 16_384) {
        let queue = Monitor(Queue())
        (self.queue, self.limit) = (queue, limit)
        threads = (0..<count).map { index in
            WorkerThread("\(name)-\(index)") { BlockingPool.work(on: queue) }
        }
    }

    deinit { close() }

    /// Runs `body` on a thread of the pool and resumes the caller with its result.
    public func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withUnsafeThrowingContinuation { continuation in
            let refusal: Refusal? = queue.withLock { queue in
                if queue.isClosed { return .closed }
                if queue.jobs.count - queue.head >= limit { return .full }
                queue.jobs.append { continuation.resume(with: Result { try body() }) }
                return nil
            }
            if let refusal { continuation.resume(throwing: refusal) } else { queue.wakeOne() }
        }
    }

    /// Refuses new calls, finishes the waiting ones and ends the threads once idle. Does not wait for them.
    public func close() {
        queue.withLock { $0.isClosed = true }
        queue.wakeAll()
    }

    /// Carries an asynchronous `body`: whatever of it is no actor's runs on threads of the pool, however often it waits. It is
    /// never refused; who calls bounds how many there are.
    public func carry<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: R.self) { group in
            group.addTask(executorPreference: self) { try await body() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }

    private static func work(on queue: Monitor<Queue>) {
        while true {
            let job = queue.wait(until: { !$0.isEmpty || $0.isClosed }) { $0.take() }
            guard let job else { return }
            job()
        }
    }
}

extension BlockingPool: TaskExecutor {
    /// A step of a task, which cannot be refused. After the end of the pool it runs elsewhere.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = queue.withLock { queue in
            guard !queue.isClosed else { return false }
            queue.jobs.append { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
            return true
        }
        if isTaken { queue.wakeOne() } else { globalConcurrentExecutor.enqueue(job) }
    }
}
