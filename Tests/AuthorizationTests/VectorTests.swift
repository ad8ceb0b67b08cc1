import Authorization
import Foundation
import Testing

struct VectorTests {
    static func lines(_ name: String) throws -> [JSONTree] {
        let url = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "jsonl"))
        return try Data(contentsOf: url).split(separator: 0x0A).map { try JSONTree(Array($0)) }
    }

    @Test(arguments: [("docs", 325), ("observed", 231), ("fuzz", 1600)])
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
        let kinds: [String: PolicyKind] = [
            "managed": .managed, "identity": .identity, "session": .session, "trust": .trust,
            "resource": .resource(service: "s3"), "scp": .scp, "rcp": .rcp,
        ]
        let lines = try VectorTests.lines("grammar")
        #expect(lines.count == 100)
        for line in lines {
            let id = line["id"]?.string ?? ""
            let kind = try #require(kinds[line["policyType"]?.string ?? ""])
            let text = Array((line["document"]?.string ?? "").utf8)
            do throws(PolicyError) {
                _ = try PolicyParser.parse(text, as: kind)
                #expect(line["expected"]?["valid"]?.bool == true, "\(id)")
            } catch {
                #expect(line["expected"]?["valid"]?.bool == false, "\(id): \(error.message)")
                #expect(line["expected"]?["code"]?.string == error.code, "\(id)")
                if let message = line["expected"]?["message"]?.string { #expect(message == error.message, "\(id)") }
            }
        }
    }
}
