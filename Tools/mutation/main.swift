import Authorization
import Foundation
import SecondEvaluator
import Simulation

// Runs vector files, then random cases against the second evaluator, and stops at the first disagreement, with status 1.

func fail(_ id: String) -> Never {
    print(id)
    exit(1)
}

func check(_ line: [UInt8]) {
    let vector = Vector(line)
    guard let content = vector.content, vector.problems.isEmpty else { fail("\(vector.id): not understood") }
    if let disagreement = content.disagreement(comparesLayers: true) { fail("\(vector.id): got \(disagreement.got)") }
}

for path in CommandLine.arguments.dropFirst() {
    for line in try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0A) { check(Array(line)) }
}
var generator = CaseGenerator(seed: 2026)
for number in 1...4000 {
    let tree = generator.next(id: "case-\(number)")
    check(Array(tree.expecting(secondVerdict(on: tree)).text.utf8))
}
