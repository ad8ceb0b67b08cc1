import Authorization
import Foundation
import Testing

struct VectorTests {
    static func lines(_ name: String) throws -> [JSONTree] {
        let url = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "jsonl"))
        return try Data(contentsOf: url).split(separator: 0x0A).map { try JSONTree(Array($0)) }
    }

    @Test(arguments: [("docs", 325), ("observed", 231), ("fuzz", 1600), ("review", 342)])
    func decisions(_ file: String, _ count: Int) throws {
        // The promise of the module: the same decision as AWS, and the same layer as the reference.
        let vectors = try VectorTests.lines(file).map(DecisionVector.init)
        #expect(vectors.count == count)
        for vector in vectors {
            let decision = decide(vector.question, under: vector.policies, in: vector.context)
            #expect(decision.outcome.rawValue == vector.decision, "\(vector.id)")
            if let by = vector.by { #expect(decision.layer.rawValue == by, "\(vector.id)") }
        }
    }

    @Test func documents() throws {
        // Documents are accepted and refused as IAM and Organizations do, in their words.
        #expect(try VectorTests.lines("grammar").count == 100)
        for name in ["grammar", "review-documents"] {
            for vector in try VectorTests.lines(name).map(DocumentVector.init) {
                #expect(vector.fault == nil, "\(vector.id)")
            }
        }
    }
}
