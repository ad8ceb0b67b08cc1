import Testing
import World

@testable import Observers

/// Defends the runner of chores: they run at the start and when woken, with the product's time, and a failing one stops
/// nobody.
@Suite struct ChoreRunnerTests {
    /// Counts its turns, and fails or has more to do as it is told.
    private final class Counter: Chore {
        struct Failure: Error {}
        let name = "counter"
        private let turns = Lock<[Instant]>([])
        private let more: Int
        private let fails: Bool

        init(more: Int = 0, fails: Bool = false) { (self.more, self.fails) = (more, fails) }

        func tend(_ now: Instant) async throws -> Bool {
            let count = turns.withLock { turns in
                turns.append(now)
                return turns.count
            }
            if fails { throw Failure() }
            return count <= more
        }

        /// Waits for so many turns.
        func turns(_ count: Int) async -> [Instant] {
            while turns.withLock({ $0.count }) < count { await Task.yield() }
            return turns.withLock { $0 }
        }
    }

    private let clock = ManualClock(Instant(seconds: 1_700_000_000))

    private func runner(_ chores: any Chore...) -> ChoreRunner {
        ChoreRunner(
            chores,
            World(clock: clock, entropy: SystemEntropy(), log: Log(level: .error, clock: clock, sink: { _ in })))
    }

    @Test func aChoreRunsAtOnceAndWhenTheClockWasMoved() async {
        let chore = Counter()
        let runner = runner(chore)
        runner.start()
        defer { runner.stop() }
        #expect(await chore.turns(1).first == Instant(seconds: 1_700_000_000))
        clock.advance(by: .seconds(86_400))
        runner.wake()
        #expect(await chore.turns(2).last == Instant(seconds: 1_700_086_400))
    }

    @Test func whoHasMoreToDoDoesItAtOnce() async {
        let chore = Counter(more: 5)
        let runner = runner(chore)
        runner.start()
        #expect(await chore.turns(6).count >= 6)
        runner.stop()
    }

    @Test func aFailureStopsNobody() async {
        let (bad, good) = (Counter(fails: true), Counter())
        let runner = runner(bad, good)
        runner.start()
        defer { runner.stop() }
        _ = await good.turns(1)
        _ = await bad.turns(1)
        runner.wake()
        #expect(await bad.turns(2).count >= 2)
    }
}
