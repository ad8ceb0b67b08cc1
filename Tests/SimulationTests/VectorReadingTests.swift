import Authorization
import Simulation
import Testing

struct VectorReadingTests {
    private static let good = """
        {"id":"a","source":"docs","rule":"r","request":{"principal":{"type":"user","arn":"arn:aws:iam::111122223333:user/a",\
        "account":"111122223333"},"action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111122223333",\
        "context":{"ck:one":1,"ck:many":["x"]}},"policies":{"identity":[{"Version":"2012-10-17","Statement":{"Sid":"Only",\
        "Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"ck:one":"1"}}}}],"resource":null,\
        "resourceKind":"standard","boundary":null,"session":null,"scps":null,"rcps":null,"endpoint":null},\
        "expected":{"decision":"allowed","by":"identity"}}
        """

    private static func vector(_ text: String) -> Vector { Vector(Array(text.utf8)) }

    @Test func agreementAndDisagreement() throws {
        // A disagreement tells what was wanted, what came, and which statement decided.
        let vector = VectorReadingTests.vector(VectorReadingTests.good)
        #expect(vector.problems.isEmpty)
        #expect(vector.content?.disagreement(comparesLayers: true) == nil)
        let other = VectorReadingTests.vector(
            VectorReadingTests.good.replacingOccurrence(of: "\"allowed\"", with: "\"explicitDeny\""))
        let found = try #require(other.content?.disagreement(comparesLayers: false))
        #expect(found.expected == "explicitDeny" && found.got == "allowed")
        #expect(found.reason == "identity 1, statement 1 (Sid Only)")
        let layer = VectorReadingTests.vector(
            VectorReadingTests.good.replacingOccurrence(of: "\"by\":\"identity\"", with: "\"by\":\"resource\""))
        #expect(layer.content?.disagreement(comparesLayers: false) == nil)
        #expect(layer.content?.disagreement(comparesLayers: true)?.got == "allowed by identity")
    }

    @Test func unknownFieldsAreToldAndTheLineIsTriedAllTheSame() {
        // Nothing a vector says is passed over in silence.
        let vector = VectorReadingTests.vector(
            VectorReadingTests.good.replacingOccurrence(
                of: "\"type\":\"user\"", with: "\"type\":\"user\",\"age\":{\"x\":[1]}"))
        #expect(vector.problems == ["unknown field request.principal.age"])
        #expect(vector.content != nil)
    }

    @Test(arguments: [
        "", "[", "{}", "[]", "null", "{\"id\":1}", "{\"id\":\"a\",\"id\":\"b\"}",
        "{\"policyType\":\"x\",\"document\":\"\"}",
        "{\"policyType\":\"managed\",\"document\":\"{}\",\"expected\":{}}",
        "{\"request\":{\"principal\":{\"type\":\"ghost\"}}}",
        "{\"request\":{\"context\":{\"a\":[]}},\"expected\":{\"decision\":\"maybe\"}}",
        "{\"policies\":{\"s3\":{\"bpa\":7}}}",
        "{\"policies\":{\"kmsGrants\":[{}],\"resourceKind\":\"other\"}}",
    ])
    func badLines(_ line: String) {
        // Whatever stands in a line, it is told and nothing crashes.
        let vector = VectorReadingTests.vector(line)
        #expect(vector.content == nil && !vector.problems.isEmpty)
    }

    @Test func documentVectors() throws {
        // Code and message of a refusal are compared only where the vector gives them.
        let line = """
            {"id":"d","rule":"r","policyType":"managed","document":"{}","expected":{"valid":false}}
            """
        #expect(VectorReadingTests.vector(line).content?.disagreement(comparesLayers: false) == nil)
        let message = line.replacingOccurrence(of: "false}", with: "false,\"message\":\"Other.\"}")
        let found = try #require(VectorReadingTests.vector(message).content?.disagreement(comparesLayers: false))
        #expect(found.got == "MalformedPolicyDocument: Syntax errors in policy.")
        let valid = line.replacingOccurrence(of: "false}", with: "true}")
        #expect(VectorReadingTests.vector(valid).content?.disagreement(comparesLayers: false)?.expected == "accepted")
    }
}

extension String {
    func replacingOccurrence(of old: String, with new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}
