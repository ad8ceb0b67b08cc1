import Glibc
import World

/// SIGTERM and SIGINT, taken by the main thread: the first one drains, the second one ends the process at once.
///
/// An async main will not do. It leaves the main thread to libdispatch, which parks it with every signal let through,
/// so that a blocked SIGTERM would still end the process, requests in flight and all.
final class StopSignals: Sendable {
    private let action = Lock<(@Sendable () -> Void)?>(nil)

    private static var both: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }

    /// To be made before there is a second thread: all threads inherit that they do not receive the two signals.
    init() {
        var signals = StopSignals.both
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// What the first signal does. Without it, that ends the process too.
    func onStop(_ body: @escaping @Sendable () -> Void) { action.withLock { $0 = body } }

    /// Stays until the process ends.
    func take() -> Never {
        var signals = StopSignals.both
        var received: Int32 = 0
        var isStopping = false
        while sigwait(&signals, &received) == 0 {
            guard !isStopping, let stop = action.withLock({ $0 }) else { exit(1) }
            isStopping = true
            stop()
        }
        exit(1)
    }
}
