import CSystem

/// A named thread of ours, for work that blocks: the store's writer, file reads, password hashing.
public final class WorkerThread: Sendable {
    private let handle: Lock<pthread_t?>

    /// Runs `body` at once. `name` is cut to the 15 bytes the kernel keeps.
    public convenience init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        guard let thread = WorkerThread.create(name, body) else { preconditionFailure("no thread could be started") }
        self.init(thread)
    }

    /// As the other; nil where the system has no thread left.
    public convenience init?(ifPossible name: String, _ body: @escaping @Sendable () -> Void) {
        guard let thread = WorkerThread.create(name, body) else { return nil }
        self.init(thread)
    }

    private init(_ thread: pthread_t) { handle = Lock(thread) }

    private static func create(_ name: String, _ body: @escaping @Sendable () -> Void) -> pthread_t? {
        let start = Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
        var thread = pthread_t()
        guard pthread_create(&thread, nil, runStart, start.toOpaque()) == 0 else {
            start.release()
            return nil
        }
        return thread
    }

    /// Waits for the body's end. Joining twice is harmless.
    public func join() {
        let thread = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        if let thread { pthread_join(thread, nil) }
    }

    deinit {
        if let thread = handle.withLock({ $0 }) { pthread_detach(thread) }
    }
}

/// What a new thread is handed; owned by the thread from its first line on.
private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
}

private func runStart(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
    gh_name_thread(start.name)
    start.body()
    return nil
}
