import Foundation
import PKCS11
import Testing
import World

/// The threads that wait for devices: nobody waits for ever, and there are never too many of them.
@Suite struct DeviceThreadsTests {
    /// In milliseconds. Tasks wait for minutes where all other tests run beside them on few cores.
    private static let endless = 3_600_000

    /// Calls stay in it until it opens.
    private final class Gate: Sendable {
        private let state = Monitor((isOpen: false, entered: 0))
        var entered: Int { state.withLock { $0.entered } }
        func pass() {
            state.withLock { $0.entered += 1 }
            state.wait(until: { $0.isOpen }) { _ in }
        }
        func open() {
            state.withLock { $0.isOpen = true }
            state.wakeAll()
        }
    }

    private func refusal(
        _ threads: DeviceThreads, _ body: @escaping @Sendable () -> Void
    ) async -> DeviceThreads.Refusal? {
        do {
            try await threads.run(body)
            return nil
        } catch { return error as? DeviceThreads.Refusal }
    }

    @Test("a result and an error come back")
    func results() async throws {
        struct Wrong: Error {}
        let threads = DeviceThreads("t", threads: 2, patience: DeviceThreadsTests.endless)
        #expect(try await threads.run { 7 } == 7)
        await #expect(throws: Wrong.self) { try await threads.run { throw Wrong() } }
    }

    @Test("who waits too long is told, and the others go on")
    func late() async throws {
        let (threads, gate) = (DeviceThreads("t", threads: 1, patience: 2000), Gate())
        #expect(await refusal(threads, gate.pass) == .late)
        await eventually { threads.lostThreads == 1 }
        // On the thread that took its place.
        #expect(try await threads.run { 1 } == 1)
        gate.open()
        await eventually { threads.lostThreads == 0 }
        #expect(try await threads.run { 2 } == 2)
    }

    @Test("a call that never had its turn is not made")
    @concurrent func neverMade() async throws {
        let threads = DeviceThreads("t", threads: 1, patience: DeviceThreadsTests.endless)
        let (gate, count) = (Gate(), Lock(0))
        async let first = refusal(threads, gate.pass)
        await eventually { gate.entered == 1 }
        #expect(throws: DeviceThreads.Refusal.late) {
            try threads.wait(patience: 50) { count.withLock { $0 += 1 } }
        }
        gate.open()
        #expect(await first == nil)
        try await threads.run {}
        #expect(count.withLock { $0 } == 0)
    }

    @Test("when all hang, callers are refused at once, until calls come back")
    @concurrent func stuck() async throws {
        let (threads, gate) = (DeviceThreads("t", threads: 2, patience: 100), Gate())
        while threads.lostThreads < 4 {
            let told = await refusal(threads, gate.pass)
            #expect(told == .late || told == .stuck)
        }
        let start = ContinuousClock.now
        for _ in 0..<100 { #expect(await refusal(threads, gate.pass) == .stuck) }
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(threads.lostThreads == 4)
        gate.open()
        await eventually { threads.lostThreads == 0 }
        #expect(try threads.wait(patience: DeviceThreadsTests.endless) { 3 } == 3)
    }

    @Test("many calls on few threads")
    func many() async throws {
        let threads = DeviceThreads("t", threads: 3, patience: DeviceThreadsTests.endless)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<500 { group.addTask { try await threads.run { number } } }
            var sum = 0
            for try await number in group { sum += number }
            #expect(sum == 500 * 499 / 2)
        }
        #expect(threads.lostThreads == 0)
    }

    @Test("closed, it takes no more")
    func closed() async throws {
        let threads = DeviceThreads("t", threads: 1, patience: 1000)
        threads.close()
        #expect(await refusal(threads) {} == .closed)
    }

    @Test(
        "more calls than can be made are refused; those that are made are in time, and no thread is given up for them")
    func overload() async throws {
        let (threads, made) = (DeviceThreads("t", threads: 1, patience: 2400), Lock(0))
        let told = await withTaskGroup(of: [DeviceThreads.Refusal?].self) { group in
            for _ in 0..<30 {
                group.addTask {
                    var told: [DeviceThreads.Refusal?] = []
                    for _ in 0..<5 {
                        told.append(
                            await refusal(threads) {
                                Monitor(false).wait(until: { $0 }, milliseconds: 150, then: { _ in })
                                made.withLock { $0 += 1 }
                            })
                    }
                    return told
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(threads.lostThreads == 0)
        let inTime = told.count { $0 == nil }
        #expect(inTime * 2 >= made.withLock { $0 }, "\(inTime) were in time")
        #expect(told.allSatisfy { $0 == nil || $0 == .late || $0 == .full })
    }

    @Test("who is in a call that hangs when all is closed is told too")
    func closedInHang() async throws {
        let (threads, gate) = (DeviceThreads("t", threads: 1, patience: 2000), Gate())
        async let told = refusal(threads, gate.pass)
        await eventually { gate.entered == 1 }
        threads.close()
        #expect(await told == .late)
        gate.open()
    }

    @Test("a thread that may wait does so no longer than it says")
    @concurrent func waiting() async throws {
        let (threads, gate) = (DeviceThreads("t", threads: 1, patience: 100), Gate())
        #expect(try threads.wait(patience: DeviceThreadsTests.endless) { 7 } == 7)
        #expect(throws: DeviceThreads.Refusal.late) { try threads.wait(patience: 300) { gate.pass() } }
        gate.open()
    }
}
