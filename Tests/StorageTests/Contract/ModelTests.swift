import Storage
import Testing
import World

/// SplitMix64, so that a failing run can be repeated by its seed.
struct Dice: RandomNumberGenerator {
    private let entropy: SeededEntropy
    init(seed: UInt64) { entropy = SeededEntropy(seed: seed) }
    mutating func next() -> UInt64 { entropy.bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
}

@Suite struct ModelTests {
    /// One random step; the same for the store and for the model.
    enum Step: Sendable {
        case put(String, Int64), delete(String), add(Int64), putAndFail(String), append(String, Int64)
    }

    @Test("random operations leave what a dictionary would hold", arguments: Engine.all, 1...8 as ClosedRange<UInt64>)
    func random(_ engine: Engine, seed: UInt64) async throws {
        let bench = try Bench(engine)
        var dice = Dice(seed: seed)
        var model: [String: Int64] = [:]
        for _ in 0..<40 {
            let steps = (0..<Int.random(in: 1...12, using: &dice)).map { _ in step(&dice) }
            let failures = await together(steps.count, on: bench.store) { index, transaction in
                try ModelTests.perform(steps[index], &transaction)
            }
            for (step, failure) in zip(steps, failures) {
                apply(step, to: &model)
                if case .putAndFail = step { #expect(failure is Refused) } else { #expect(failure == nil) }
            }
            let rows = try bench.store.read {
                try $0.rows("SELECT name, value FROM test_entry") { ($0.text(0), $0.int(1)) }
            }
            #expect(Dictionary(uniqueKeysWithValues: rows) == model)
        }
    }

    private func step(_ dice: inout Dice) -> Step {
        let name = "\(Int.random(in: 0..<20, using: &dice))"
        return switch Int.random(in: 0..<10, using: &dice) {
        case 0..<5: .put(name, Int64.random(in: -9...9, using: &dice))
        case 5: .delete(name)
        case 6: .add(Int64.random(in: -3...3, using: &dice))
        case 7: .append(name, 5)
        default: .putAndFail(name)
        }
    }

    private static func perform(_ step: Step, _ transaction: inout Transaction) throws {
        switch step {
        case .put(let name, let value), .append(let name, let value): try transaction.put(name, value)
        case .delete(let name): try transaction.run("DELETE FROM test_entry WHERE name = ?", .text(name))
        case .add(let value): try transaction.run("UPDATE test_entry SET value = value + ?", .int(value))
        case .putAndFail(let name):
            try transaction.put(name, 1000)
            try transaction.run("DELETE FROM test_entry WHERE name <> ?", .text(name))
            throw Refused()
        }
    }

    private func apply(_ step: Step, to model: inout [String: Int64]) {
        switch step {
        case .put(let name, let value), .append(let name, let value): model[name] = value
        case .delete(let name): model[name] = nil
        case .add(let value): model = model.mapValues { $0 + value }
        case .putAndFail: break
        }
    }
}
