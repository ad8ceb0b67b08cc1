import Foundation
import Testing

/// The whole house under a seeded storm: random calls, a clock that only the seed moves, a store that fails.
///
/// `STORM_SEED=17` repeats one run, `STORM_SEEDS=200` makes that many, `STORM_STEPS=5000` makes them longer.
@Suite struct StormTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }

    static let seeds: [UInt64] =
        if let seed = number("STORM_SEED") { [UInt64(seed)] } else {
            (1...(number("STORM_SEEDS") ?? 4)).map(UInt64.init)
        }

    @Test(
        "no success without its change and its record, no failure with either, whatever the store does",
        arguments: seeds)
    func storm(seed: UInt64) async throws {
        let storm = try await Storm(seed: seed)
        try await storm.blow(steps: StormTests.number("STORM_STEPS") ?? 250)
        await storm.end()
        // Against a storm that is none.
        #expect(storm.seen.successes > 10 && storm.seen.faults > 0 && storm.seen.crashes > 0)
    }
}
