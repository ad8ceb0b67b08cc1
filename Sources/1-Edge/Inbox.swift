import CSystem
import World

/// Where other threads leave work for a loop. The loop is woken only where it may be asleep.
final class Inbox: Sendable {
    private struct Contents {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var isAsleep = false
        var isClosed = false
    }

    private let contents = Lock(Contents())
    let descriptor: Int32

    init() { descriptor = eventfd(0, Int32(GH_EVENTFD_FLAGS)) }
    deinit { CSystem.close(descriptor) }

    /// False where the loop has ended.
    func add(_ job: UnownedJob) -> Bool { add { $0.jobs.append(job) } }
    func add(_ call: @escaping @Sendable () -> Void) -> Bool { add { $0.calls.append(call) } }

    private func add(_ append: (inout Contents) -> Void) -> Bool {
        let (added, mustWake) = contents.withLock { contents in
            if contents.isClosed { return (false, false) }
            append(&contents)
            defer { contents.isAsleep = false }
            return (true, contents.isAsleep)
        }
        if mustWake {
            var one: UInt64 = 1
            _ = write(descriptor, &one, 8)
        }
        return added
    }

    /// Tells whether the loop may wait; from then on the first addition wakes it.
    func sleep() -> Bool {
        contents.withLock { contents in
            contents.isAsleep = contents.jobs.isEmpty && contents.calls.isEmpty
            return contents.isAsleep
        }
    }

    func take() -> (jobs: [UnownedJob], calls: [@Sendable () -> Void]) {
        contents.withLock { contents in
            contents.isAsleep = false
            if contents.jobs.isEmpty && contents.calls.isEmpty { return ([], []) }
            defer { (contents.jobs, contents.calls) = ([], []) }
            return (contents.jobs, contents.calls)
        }
    }

    func acknowledge() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    func close() { contents.withLock { $0.isClosed = true } }
}
