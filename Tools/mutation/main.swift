import Authorization
import Foundation

// Runs vector files and stops at the first that disagrees, with status 1.

func fail(_ id: String) -> Never {
    print(id)
    exit(1)
}

for path in CommandLine.arguments.dropFirst() {
    for line in try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0A) {
        let tree = try JSONTree(Array(line))
        let id = tree["id"]?.string ?? ""
        if tree["document"] != nil {
            if let fault = try DocumentVector(tree).fault { fail("\(id): \(fault)") }
        } else {
            let vector = try DecisionVector(tree)
            let decision = decide(vector.question, under: vector.policies, in: vector.context)
            guard decision.outcome.rawValue == vector.decision else { fail(id) }
            if let by = vector.by, decision.layer.rawValue != by { fail(id) }
        }
    }
}
