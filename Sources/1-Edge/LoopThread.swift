import CSystem

/// A thread that turns one loop and then tells that it ended.
final class LoopThread: Sendable {
    private let loop: EventLoop
    private let whenEnded: @Sendable () -> Void

    private init(_ loop: EventLoop, _ whenEnded: @escaping @Sendable () -> Void) {
        (self.loop, self.whenEnded) = (loop, whenEnded)
    }

    static func start(_ loop: EventLoop, whenEnded: @escaping @Sendable () -> Void) {
        let thread = Unmanaged.passRetained(LoopThread(loop, whenEnded))
        let failure = gh_start_thread(runLoopThread, thread.toOpaque())
        precondition(failure == 0, "no thread could be made")
    }

    fileprivate func run() {
        loop.run()
        whenEnded()
    }
}

/// Named, since a closure could inherit an actor that is not there. Takes over the reference that `start` made.
private func runLoopThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<LoopThread>.fromOpaque(argument).takeRetainedValue().run() }
    return nil
}
