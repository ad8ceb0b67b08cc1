import Authorization
import Foundation
import SecondEvaluator
import Simulation

/// Feeds random cases to both evaluators and prints where they disagree.
///
///     differ [CASES] [SEED]     100,000 cases of seed 1 by default; exits with 1 if any decision or layer differs
///
/// A disagreement is printed as a vector, made small, that can be appended to a file of named cases.
struct Differ {
    let cases: Int
    let seed: UInt64
    var agreements = 0
    var found = 0
    var foundLayers = 0
    /// How often a kind of disagreement was found, by action and verdicts.
    var kinds: [String: Int] = [:]
    var decisions: [String: Int] = [:]
    var layers: [String: Int] = [:]

    static func first(_ tree: Tree) -> SecondEvaluator.Verdict? {
        guard case .decision(let vector)? = Vector(Array(tree.expecting(secondVerdict(on: tree)).text.utf8)).content
        else { return nil }
        let decision = decide(vector.question, under: vector.policies, in: vector.context)
        return SecondEvaluator.Verdict(decision: decision.outcome.rawValue, layer: decision.layer.rawValue)
    }

    mutating func run() -> Bool {
        var generator = CaseGenerator(seed: seed)
        for number in 1...cases {
            compare(generator.next(id: "differ-\(seed)-\(number)"))
            if number % 100_000 == 0 { say("\(number) cases, \(agreements) agreements") }
        }
        for (name, count) in kinds.sorted(by: { $0.key < $1.key }) { say("disagreement, \(name): \(count)") }
        say(
            "seed \(seed): \(cases) cases, \(agreements) agree, \(found) decisions differ, \(foundLayers) layers alone differ"
        )
        for (name, count) in decisions.sorted(by: { $0.key < $1.key }) { say("  \(name): \(count)") }
        for (name, count) in layers.sorted(by: { $0.key < $1.key }) { say("    \(name): \(count)") }
        return found + foundLayers == 0
    }

    private mutating func compare(_ tree: Tree) {
        let second = secondVerdict(on: tree)
        decisions[second.decision, default: 0] += 1
        layers[second.decision + " by " + second.layer, default: 0] += 1
        let first = Differ.first(tree)
        if first == second {
            agreements += 1
            return
        }
        let isOfLayer = first?.decision == second.decision
        if isOfLayer { foundLayers += 1 } else { found += 1 }
        let action = tree["request"]?["action"]?.string ?? ""
        let kind =
            "\(action): \(first?.decision ?? "unreadable") \(first?.layer ?? ""), \(second.decision) \(second.layer)"
        kinds[kind, default: 0] += 1
        if kinds[kind] ?? 0 > 2 || kinds.count > 40 { return }
        show(tree) {
            isOfLayer
                ? Differ.first($0) == first && secondVerdict(on: $0) == second
                : Differ.first($0)?.decision == first?.decision && secondVerdict(on: $0).decision == second.decision
        }
    }

    private func show(_ tree: Tree, while isWanted: (Tree) -> Bool) {
        let small = tree.minimised(while: isWanted)
        let second = secondVerdict(on: small)
        let first = Differ.first(small)
        say(
            "first: \(first?.decision ?? "unreadable") by \(first?.layer ?? ""); second: \(second.decision) by \(second.layer)"
        )
        say(small.expecting(second).text)
    }

    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

let arguments = CommandLine.arguments.dropFirst().map { UInt64($0) }
guard arguments.count <= 2, !arguments.contains(nil), arguments.first != .some(0) else {
    FileHandle.standardError.write(Data("usage: differ [CASES] [SEED]\n".utf8))
    exit(2)
}
var differ = Differ(
    cases: arguments.first.flatMap { $0 }.map { Int(clamping: $0) } ?? 100_000,
    seed: arguments.count == 2 ? arguments[1] ?? 1 : 1)
exit(differ.run() ? 0 : 1)
