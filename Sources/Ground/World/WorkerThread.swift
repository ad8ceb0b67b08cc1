import CSystem

/// A named thread of ours, for work that blocks: the store's writer, file reads, password hashing.
public final class WorkerThread: Sendable {
    private let handle: Lock<pthread_t?>

    /// Runs `body` at once. `name` is cut to the 15 bytes the kernel keeps.
    public init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, runStart, start.toOpaque())
        precondition(status == 0, "no thread could be started")
        handle = Lock(thread)
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
