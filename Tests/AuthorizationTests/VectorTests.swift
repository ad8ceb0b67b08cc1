import Authorization
import Foundation
import Simulation
import Testing

struct VectorTests {
    static func vectors(_ name: String) throws -> [Vector] {
        let url = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "jsonl"))
        return try Data(contentsOf: url).split(separator: 0x0A).map { Vector(Array($0)) }
    }

    @Test(arguments: [("docs", 325), ("observed", 231), ("fuzz", 1600), ("review", 350)])
    func decisions(_ file: String, _ count: Int) throws {
        // The promise of the module: the same decision as AWS, and the same layer as the reference.
        let vectors = try VectorTests.vectors(file)
        #expect(vectors.count == count)
        for vector in vectors { VectorTests.check(vector) }
    }

    @Test func documents() throws {
        // Documents are accepted and refused as IAM and Organizations do, in their words.
        #expect(try VectorTests.vectors("grammar").count == 100)
        for name in ["grammar", "review-documents"] {
            for vector in try VectorTests.vectors(name) { VectorTests.check(vector) }
        }
    }

    private static func check(_ vector: Vector) {
        #expect(vector.problems.isEmpty && vector.content != nil, "\\(vector.id): \\(vector.problems)")
        let disagreement = vector.content?.disagreement(comparesLayers: true)
        #expect(disagreement == nil, "\\(vector.id)")
    }
}
