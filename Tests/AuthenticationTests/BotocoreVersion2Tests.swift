import Foundation
import HTTP
import Testing
import World

@testable import Authentication

/// Links that boto3 makes where nothing is configured.
@Suite struct BotocoreVersion2Tests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let head: RequestHead
        let token: String?
        let hostBucket: String?
        var testDescription: String { name }
    }

    static var file: [String: Any] { (try? vectors("botocore-version2")) ?? [:] }
    static let stored = (key: file["accessKeyID"] as? String ?? "", secret: file["secret"] as? String ?? "")
    static let time = Instant(milliseconds: (file["now"] as? NSNumber)?.int64Value ?? 0)

    static let cases: [Case] = (file["cases"] as? [[String: Any]] ?? []).compactMap { entry in
        guard let name = entry["name"] as? String, let method = entry["method"] as? String,
            let target = entry["target"] as? String, let lines = entry["headers"] as? [[String]]
        else { return nil }
        return Case(
            name: name,
            head: RequestHead(method: method, target: target, headers: lines.map { (name: $0[0], value: $0[1]) }),
            token: entry["token"] as? String, hostBucket: entry["hostBucket"] as? String)
    }

    private func refused(_ example: Case, _ head: RequestHead? = nil) -> Refusal? {
        refusal(
            head ?? example.head, Version2Tests.service(example.hostBucket),
            credentials: StubCredentials(
                key: BotocoreVersion2Tests.stored.key, secret: BotocoreVersion2Tests.stored.secret,
                token: example.token),
            wall: BotocoreVersion2Tests.time)
    }

    @Test func theVectorsAreHere() {
        // Defends: the other tests of this suite, against running over nothing.
        #expect(BotocoreVersion2Tests.cases.count == 152)
    }

    @Test(arguments: cases)
    func accepted(_ example: Case) {
        // Defends: the link of an unconfigured client works, odd bytes in keys and values included.
        #expect(refused(example) == nil)
    }

    @Test(arguments: cases)
    func changed(_ example: Case) {
        // Defends: a header or parameter added on the way, or another method, is another signature.
        let head = example.head
        let (method, target) = (head.text(head.method), head.text(head.target))
        let lines = head.fields.map { (name: head.text($0.name), value: head.text($0.value)) }
        for changed in [
            RequestHead(method: method + "X", target: target, headers: lines),
            RequestHead(method: method, target: "/x" + target, headers: lines),
            RequestHead(method: method, target: target + "&tagging", headers: lines),
            RequestHead(method: method, target: target, headers: lines + [("x-amz-added", "1")]),
        ] {
            #expect(refused(example, changed)?.code == "SignatureDoesNotMatch")
        }
    }
}
