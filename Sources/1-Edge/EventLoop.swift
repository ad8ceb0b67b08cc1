import CSystem
import HTTP
import World

/// One thread with one epoll set. It carries its connections' sockets, and being a `TaskExecutor` it runs their handlers
/// too, so that a request passes from socket to handler and back without changing threads.
///
/// Nothing that blocks may run here. All that is not `Sendable` by itself (`connections`, buffers, `jobs`) is touched on
/// the loop's thread only; other threads reach the loop through `inbox`.
final class EventLoop: TaskExecutor, @unchecked Sendable {
    let limits: EdgeLimits
    let handler: Handler
    /// Whether connections are a forward proxy's.
    let proxy: ForwardProxy?
    /// When a refusal of the proxy may be told again.
    var nextProxyLine: Int64 = 0
    let census: Census
    let counters = LoopCounters()
    let log: Log
    private let clock: any Clock

    private let epoll: Int32
    private let inbox = Inbox()
    private let thread: UnsafeMutablePointer<UInt64>
    private var jobs: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var events: [gh_event]
    /// Connections whose answers leave at the end of this turn.
    private var departing: [Connection] = []
    private let mailbag = Mailbag()
    /// Of handlers that have a piece of work to do.
    private let turns = WorkTurns()

    var listeners: [Listener] = []
    var connections: [Connection?] = []
    var openCount = 0
    /// Handlers that have not returned; the loop outlives them.
    var activeHandlers = 0
    private var generation: UInt64 = 0

    /// Milliseconds since an arbitrary start, read once per turn.
    private(set) var now: Int64 = 0
    /// The same in nanoseconds.
    private var woken: UInt64 = 0
    private var nextTick: Int64 = 0
    private(set) var isDraining = false
    private var drainDeadline = Int64.max

    /// Bytes just read, before they are known to need keeping.
    let scratch: UnsafeMutableRawBufferPointer
    /// A response's head while it is written.
    var headBuffer: [UInt8] = []
    /// What is encrypted next.
    var wireBuffer: [UInt8] = []
    private var date = DateLine()
    /// Bytes read and written since a task last gave way.
    var movedBytes = 0

    init(
        limits: EdgeLimits, handler: @escaping Handler, proxy: ForwardProxy?, census: Census, log: Log,
        clock: any Clock
    ) throws(EdgeServer.Failure) {
        self.proxy = proxy
        (self.limits, self.handler, self.census, self.log, self.clock) = (limits, handler, census, log, clock)
        epoll = epoll_create1(Int32(GH_EPOLL_FLAGS))
        guard epoll >= 0, gh_epoll_add(epoll, inbox.descriptor, Token.wake, 0) == 0 else {
            throw EdgeServer.Failure("the kernel gave no epoll set")
        }
        events = [gh_event](repeating: gh_event(), count: 256)
        scratch = .allocate(byteCount: 64 << 10, alignment: 16)
        thread = .allocate(capacity: 1)
        thread.initialize(to: 0)
    }

    deinit {
        for listener in listeners { listener.shut() }
        scratch.deallocate()
        thread.deallocate()
        close(epoll)
    }

    /// Whether the caller runs on this loop's thread.
    var isCurrent: Bool { gh_word_read(thread) == gh_thread_word() }

    // MARK: Work from tasks and other threads

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
        } else if !inbox.add(job) {
            globalConcurrentExecutor.enqueue(job)
        }
    }

    /// Runs `call` on the loop: now where this is the loop, else soon. After the loop has ended, at once: by then every
    /// connection is closed and `call` can only find that out.
    func perform(_ call: @escaping @Sendable () -> Void) {
        if isCurrent || !inbox.add(call) { call() }
    }

    /// Runs `job` in a later turn, after other connections had theirs.
    func later(_ call: @escaping @Sendable () -> Void) { _ = inbox.add(call) }

    // MARK: The loop

    /// Turns until drained. Call once, on a thread of its own.
    func run() {
        gh_word_set(thread, gh_thread_word())
        gh_block_signals()
        gh_name_thread("edge-loop")
        turns.adopt()
        readClock()
        while !isFinished { turn() }
        turns.abandon()
        closeAll()
        inbox.close()
        takeInbox()
        while turns.next() {}
        runJobs()
        gh_word_set(thread, 0)
    }

    private func turn() {
        let mayWait = jobs.isEmpty && turns.isEmpty && inbox.sleep()
        let count = Int(gh_epoll_wait(epoll, &events, Int32(events.count), mayWait ? untilTick : 0))
        readClock()
        for index in 0..<count { take(events[index]) }
        takeInbox()
        runJobs()
        sendDeparting()
        giveTurns()
        if now >= nextTick { tick() }
    }

    /// Gives turns for as long as everybody else had since the loop woke up: one at least, and for a millisecond at most.
    private func giveTurns() {
        guard !turns.isEmpty else { return }
        let began = clock.monotonicNanoseconds()
        let end = began + min(began - woken, 1_000_000)
        repeat {
            turns.next()
            runJobs()
            sendDeparting()
        } while !turns.isEmpty && clock.monotonicNanoseconds() < end
    }

    /// Answers up to this many bytes leave together at the end of a turn: one after the other they would wake the client
    /// each time, which costs more than sending.
    static let smallAnswer = 16 << 10

    func departs(_ connection: Connection) { departing.append(connection) }

    private func sendDeparting() {
        guard !departing.isEmpty else { return }
        let all = departing
        departing.removeAll(keepingCapacity: true)
        var start = 0
        while start < all.count {
            var end = start
            while end < all.count, let answer = all[end].departingAnswer, mailbag.add(answer, to: all[end].descriptor) {
                end += 1
            }
            let sent = mailbag.send()
            for index in start..<end { all[index].depart(sent?[index - start]) }
            if end == start {
                all[end].depart(nil)
                end += 1
            }
            start = end
        }
    }

    /// Milliseconds to the next look at deadlines; without connections, and listeners that wait, there are none.
    private var untilTick: Int32 {
        let isQuiet = openCount == 0 && !isDraining && !listeners.contains { $0.isPaused }
        return isQuiet ? -1 : Int32(max(0, nextTick - now))
    }

    private func readClock() {
        woken = clock.monotonicNanoseconds()
        now = Int64(woken / 1_000_000)
    }

    private func take(_ event: gh_event) {
        if event.token == Token.wake { return inbox.acknowledge() }
        if let index = Token.listener(event.token) { return accept(from: index) }
        let index = Token.descriptor(event.token)
        guard index < connections.count, let connection = connections[index], connection.token == event.token else {
            return
        }
        connection.take(event)
    }

    private func takeInbox() {
        let (arrived, calls) = inbox.take()
        jobs.append(contentsOf: arrived)
        for call in calls { call() }
    }

    /// Runs what is ready, and what that makes ready, for some rounds; then sockets get their turn.
    private func runJobs() {
        var rounds = 8
        while !jobs.isEmpty, rounds > 0 {
            swap(&jobs, &running)
            for job in running { job.runSynchronously(on: asUnownedTaskExecutor()) }
            running.removeAll(keepingCapacity: true)
            rounds -= 1
        }
    }

    private func tick() {
        nextTick = now + limits.tickMilliseconds
        for connection in connections { connection?.checkDeadlines() }
        for index in listeners.indices where listeners[index].isPaused { resume(index) }
        if now >= drainDeadline { closeAll() }
    }

    // MARK: Connections

    func watch(_ descriptor: Int32) -> UInt64? {
        generation &+= 1
        let token = Token.connection(descriptor, generation: generation)
        return gh_epoll_add(epoll, descriptor, token, 1) == 0 ? token : nil
    }

    func adopt(_ connection: Connection) {
        let index = Int(connection.descriptor)
        while connections.count <= index { connections.append(nil) }
        connections[index] = connection
        if openCount == 0 { nextTick = now + limits.tickMilliseconds }
        openCount += 1
        counters.add(.open, 1)
    }

    func forget(_ connection: Connection) {
        connections[Int(connection.descriptor)] = nil
        openCount -= 1
        counters.add(.open, -1)
        census.leave(connection.origin)
    }

    private func closeAll() {
        for connection in connections { connection?.close() }
    }

    // MARK: Listeners

    func listen(on listener: Listener) throws(EdgeServer.Failure) {
        guard gh_epoll_add(epoll, listener.descriptor, Token.listener(listeners.count), 0) == 0 else {
            throw EdgeServer.Failure("a listening socket could not be watched")
        }
        listeners.append(listener)
    }

    /// Stops a listener until the next tick, where no connection can be made for want of descriptors or memory.
    func pause(_ index: Int) {
        listeners[index].isPaused = true
        if openCount == 0 { nextTick = now + limits.tickMilliseconds }
        _ = gh_epoll_pause(epoll, listeners[index].descriptor, Token.listener(index), 1)
    }

    private func resume(_ index: Int) {
        listeners[index].isPaused = false
        _ = gh_epoll_pause(epoll, listeners[index].descriptor, Token.listener(index), 0)
    }

    // MARK: Draining

    /// Takes what the kernel has already accepted for us, stops listening, closes what is idle.
    func drain() {
        guard !isDraining else { return }
        for index in listeners.indices { accept(from: index) }
        isDraining = true
        drainDeadline = now + limits.drainMilliseconds
        nextTick = now
        for listener in listeners { listener.shut() }
        listeners.removeAll()
        for connection in connections { connection?.drain() }
    }

    /// A second of grace after the deadline lets handlers see that their connections are gone.
    private var isFinished: Bool {
        isDraining && (openCount == 0 && activeHandlers == 0 && jobs.isEmpty || now >= drainDeadline + 1000)
    }

    func appendDate(to bytes: inout [UInt8]) { date.append(to: &bytes, second: now / 1000, clock: clock) }
}
