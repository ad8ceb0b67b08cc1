import Authorization
import Foundation
import SecondEvaluator
import Simulation
import Testing

private struct Unreadable: Error {}

/// The evaluator against a second one that was written from the specification alone.
struct DifferentialTests {
    private static func first(_ tree: Tree) throws -> SecondEvaluator.Verdict {
        guard case .decision(let vector)? = Vector(Array(tree.expecting(secondVerdict(on: tree)).text.utf8)).content
        else { throw Unreadable() }
        let decision = decide(vector.question, under: vector.policies, in: vector.context)
        return SecondEvaluator.Verdict(decision: decision.outcome.rawValue, layer: decision.layer.rawValue)
    }

    private static func vectors(_ name: String) throws -> [Tree] {
        let url = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "jsonl"))
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map {
            try #require(Tree(String($0)))
        }
    }

    private static func expected(_ vector: Tree) -> SecondEvaluator.Verdict {
        SecondEvaluator.Verdict(
            decision: vector["expected"]?["decision"]?.string ?? "", layer: vector["expected"]?["by"]?.string ?? "")
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func agree(_ seed: UInt64) throws {
        // Two readings of one specification come to the same decision by the same layer; `make differ` asks a million times.
        var generator = CaseGenerator(seed: seed)
        var decisions: [String: Int] = [:]
        for number in 1...1000 {
            let vector = generator.next(id: "differ-\(seed)-\(number)")
            let verdict = secondVerdict(on: vector)
            decisions[verdict.decision, default: 0] += 1
            #expect(try DifferentialTests.first(vector) == verdict, "\(vector.text)")
        }
        // Cases that all end alike would prove nothing.
        for decision in ["allowed", "explicitDeny", "implicitDeny"] { #expect(decisions[decision] ?? 0 > 100) }
    }

    @Test(arguments: ["docs", "observed", "fuzz", "disagreements"])
    func secondPasses(_ file: String) throws {
        // Whoever judges the evaluator must itself hold to what AWS answered.
        for vector in try DifferentialTests.vectors(file) {
            let (verdict, expected) = (secondVerdict(on: vector), DifferentialTests.expected(vector))
            let id = vector["id"]?.string ?? ""
            #expect(verdict.decision == expected.decision, "\(id)")
            if !expected.layer.isEmpty { #expect(verdict.layer == expected.layer, "\(id)") }
        }
    }

    @Test func secondReadsDocuments() throws {
        // The second reading of the grammar accepts and refuses what IAM and Organizations did.
        for vector in try DifferentialTests.vectors("grammar") {
            let isValid = isValidDocument(
                vector["document"]?.string ?? "", as: vector["policyType"]?.string ?? "")
            #expect(isValid == vector["expected"]?["valid"]?.isTrue, "\(vector["id"]?.string ?? "")")
        }
    }

    @Test func disagreements() throws {
        // What the two once decided differently is decided as the specification, or AWS's documentation, has it.
        for vector in try DifferentialTests.vectors("disagreements") {
            let expected = DifferentialTests.expected(vector)
            let id = vector["id"]?.string ?? ""
            #expect(try DifferentialTests.first(vector) == expected, "\(id)")
        }
    }
}
