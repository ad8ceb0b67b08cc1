import Crypto
import Foundation
import HTTP
import Testing
import World

@testable import Authentication

/// Requests that botocore signed, with odd bytes in paths, queries and names.
@Suite struct BotocoreTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name, method, target: String
        let headers: [(name: String, value: String)]
        let body, plain: [UInt8]
        let service: SigningService
        let token: String?
        var testDescription: String { name }
        var head: RequestHead { RequestHead(method: method, target: target, headers: headers) }
    }

    static var file: [String: Any] { (try? vectors("botocore-requests")) ?? [:] }
    static let stored = (key: file["accessKeyID"] as? String ?? "", secret: file["secret"] as? String ?? "")
    static let time = Instant(milliseconds: (file["now"] as? NSNumber)?.int64Value ?? 0)

    static let cases: [Case] = (file["cases"] as? [[String: Any]] ?? []).compactMap { entry in
        guard let name = entry["name"] as? String, let method = entry["method"] as? String,
            let target = entry["target"] as? String, let lines = entry["headers"] as? [[String]],
            let body = (entry["body"] as? String).flatMap({ Data(base64Encoded: $0) }),
            let plain = (entry["plain"] as? String).flatMap({ Data(base64Encoded: $0) }),
            let service = entry["service"] as? String, let region = entry["region"] as? String
        else { return nil }
        let families: [String: SigningService.Family] = [
            "s3": .s3, "query": .query, "json": .json, "restJSON": .restJSON,
        ]
        guard let family = (entry["family"] as? String).flatMap({ families[$0] }) else { return nil }
        return Case(
            name: name, method: method, target: target, headers: lines.map { ($0[0], $0[1]) }, body: Array(body),
            plain: Array(plain), service: SigningService(name: service, region: region, family: family),
            token: entry["token"] as? String)
    }

    static func credentials(_ token: String?) -> StubCredentials {
        StubCredentials(
            key: stored.key, secret: stored.secret, token: token)
    }

    static func authenticate(_ example: Case, _ head: RequestHead? = nil) throws(AuthenticationFailure) -> Authenticated
    {
        let payload: Authenticator.Payload = example.service.family == .s3 ? .fromHeader : .body(example.body)
        return try Authenticator(credentials: credentials(example.token)).authenticate(
            head ?? example.head, for: example.service, payload: payload, at: .init(wall: time, now: time))
    }

    @Test func theVectorsAreHere() {
        // Defends: the other tests of this suite, against running over nothing.
        #expect(BotocoreTests.cases.count == 262)
    }

    @Test(arguments: cases)
    func accepted(_ example: Case) async throws {
        // Defends: what botocore signs is accepted, and its bodies come out as they went in.
        let found = try BotocoreTests.authenticate(example)
        #expect(!found.caller.isAnonymous)
        guard example.service.family == .s3 else { return }
        let body = try found.body(BufferedBody(example.body))
        var received: [UInt8] = []
        while let piece = try await body.next() { received += piece }
        #expect(received == example.plain)
        #expect(body.facts?.byteCount == Int64(example.plain.count))
    }

    @Test(arguments: cases)
    func changed(_ example: Case) {
        // Defends: no part of the head can be changed unnoticed.
        let edits: [RequestHead] = [
            RequestHead(method: example.method + "X", target: example.target, headers: example.headers),
            RequestHead(method: example.method, target: "/x" + example.target, headers: example.headers),
            RequestHead(
                method: example.method, target: example.target + (example.target.contains("?") ? "&" : "?") + "x",
                headers: example.headers),
            RequestHead(
                method: example.method, target: example.target,
                headers: example.headers.map { $0.name.lowercased() == "host" ? ($0.name, "other") : $0 }),
            RequestHead(
                method: example.method, target: example.target, headers: example.headers + [("x-amz-added", "1")]),
        ]
        for head in edits {
            #expect(throws: AuthenticationFailure.self) { try BotocoreTests.authenticate(example, head) }
        }
    }
}
