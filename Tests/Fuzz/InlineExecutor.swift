import World

/// Runs a task's jobs on the thread that waits for it, so that a run depends on its input alone.
final class InlineExecutor: TaskExecutor {
    private let jobs = Lock<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    func run() {
        while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

/// The result of work that waits for nothing but itself.
func runInline<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
    let executor = InlineExecutor()
    let result = Lock<Value?>(nil)
    Task(executorPreference: executor) {
        let value = await work()
        result.withLock { $0 = value }
    }
    executor.run()
    guard let value = result.withLock({ $0 }) else { preconditionFailure("the work waits for somebody") }
    return value
}
