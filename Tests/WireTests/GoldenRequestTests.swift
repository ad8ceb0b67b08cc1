import Foundation
import HTTP
import Smithy
import Testing
@testable import Wire

/// Defends: what botocore writes for every operation we have is routed to it and read as what was meant.
struct GoldenRequestTests {
    struct Recorded: Sendable, CustomTestStringConvertible {
        let line: String
        let number: Int
        var testDescription: String { "request \(number)" }
        var fields: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any] ?? [:]
        }
    }

    static let recorded: [Recorded] = {
        let url = Bundle.module.url(forResource: "Golden/requests", withExtension: "jsonl")
        let text = url.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? ""
        return text.split(separator: "\n").enumerated().map { Recorded(line: String($1), number: $0 + 1) }
    }()

    @Test func thereAreTwoForEveryOperation() { #expect(Self.recorded.count == allOperations.count * 2) }

    @Test(arguments: recorded) func isReadAsMeant(_ recorded: Recorded) throws {
        let fields = recorded.fields
        let name = try #require(fields["operation"] as? String)
        let service = try #require(fields["service"] as? String)
        let operation = try #require(
            allOperations.first { String(reflecting: $0).contains(".\(service).\(name)") && $0.model.name == name })
        try check(operation, fields)
    }

    private func check<O: OperationShape>(_ operation: O.Type, _ fields: [String: Any]) throws {
        let headers = (fields["headers"] as? [[String]] ?? []).map { ($0[0], $0[1]) }
        let head = makeHead(fields["method"] as? String ?? "", fields["target"] as? String ?? "", headers)
        let body = Array(Data(base64Encoded: fields["body"] as? String ?? "") ?? Data())
        var route = try #require(testRoute(head, scope: fields["scope"] as? String))
        try route.readBody(body)
        #expect(route.operation == .known(O.model.name))
        #expect(route.service.name == O.model.service.name)
        let streams = O.Input.schema.members.contains { $0.kind == .stream }
        let decoded = try decode(operation, head, route, streams ? .stream(BufferedBody(body)) : .bytes(body))
        #expect(decoded.unknownParameters == [])
        var expected = fields["input"] as? [String: Any] ?? [:]
        let actual = CanonicalEncoder.tree(decoded.input)
        if streams { (expected["Body"], expected["ContentLength"]) = ("stream", body.count) }
        #expect((actual as NSDictionary) == (expected as NSDictionary), "\(O.model.name)")
    }
}
