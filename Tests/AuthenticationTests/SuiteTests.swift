import Crypto
import Foundation
import HTTP
import Testing
import World

@testable import Authentication

/// AWS's own test suite for Signature Version 4.
@Suite struct SuiteTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let texts: [String: String]
        let normalizes: Bool
        let region: String
        let service: String
        let secret: String
        let token: String?
        var testDescription: String { name }
        /// The suite signs paths as S3 does where it does not normalise them.
        var isS3: Bool { !normalizes }
    }

    static let cases: [Case] = {
        guard let suite = try? vectors("aws-sigv4-suite") else { return [] }
        return suite.keys.sorted().compactMap { name in
            guard let files = suite[name] as? [String: Any], let context = files["context"] as? [String: Any],
                let credentials = context["credentials"] as? [String: Any]
            else { return nil }
            return Case(
                name: name, texts: files.compactMapValues { $0 as? String },
                normalizes: context["normalize"] as? Bool ?? true, region: context["region"] as? String ?? "",
                service: context["service"] as? String ?? "", secret: credentials["secret_access_key"] as? String ?? "",
                token: credentials["token"] as? String)
        }
    }()

    /// Reads a request as the suite writes it: lines of LF, values that go on in the next line.
    static func parse(_ text: String) -> (head: RequestHead, body: [UInt8]) {
        let end = text.range(of: "\n\n")
        let headText = end.map { String(text[..<$0.lowerBound]) } ?? text
        let body = end.map { String(text[$0.upperBound...]) } ?? ""
        var headers: [(name: String, value: String)] = []
        var lines = headText.split(separator: "\n").map(String.init)
        let start = lines.removeFirst()
        for line in lines {
            if line.hasPrefix(" "), let last = headers.indices.last {
                headers[last].value += " " + line
            } else {
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                headers.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : ""))
            }
        }
        let method = start.prefix { $0 != " " }
        let target = start.dropFirst(method.count + 1).dropLast(" HTTP/1.1".count)
        return (RequestHead(method: String(method), target: String(target), headers: headers), bytes(body))
    }

    @Test func theSuiteIsHere() {
        // Defends: the other tests of this suite, against running over nothing.
        #expect(SuiteTests.cases.count == 38)
    }

    /// A token added to the query after signing: the suite has it for a few services, none of them ours.
    static func isUnsignedToken(_ example: Case, _ kind: String) -> Bool {
        example.name == "post-sts-header-after" && kind == "query"
    }

    @Test(arguments: cases, ["header", "query"])
    func canonicalRequest(_ example: Case, _ kind: String) throws {
        // Defends: canonical request, string to sign and signature, byte by byte.
        if SuiteTests.isUnsignedToken(example, kind) { return }
        let (head, body) = SuiteTests.parse(try #require(example.texts["\(kind)-signed-request"]))
        let target = RequestTarget(head)
        let query = CanonicalQuery(target.query)
        let scan = HeaderScan(head)
        let claim =
            try kind == "query"
            ? PresignedQuery.read(query, isS3: false, header: nil)
            : AuthorizationHeader.read(head.raw[try #require(scan.authorization)], scan, head)
        let canonical = CanonicalRequest.bytes(
            head: head, target: target, query: query, claim: claim, isS3: example.isS3,
            payloadHash: Hexadecimal.encode(SHA256.hash(body)))
        #expect(String(decoding: canonical, as: UTF8.self) == example.texts["\(kind)-canonical-request"])
        let text = CanonicalRequest.stringToSign(canonical, time: claim.time, scope: claim.credential.scope)
        #expect(String(decoding: text, as: UTF8.self) == example.texts["\(kind)-string-to-sign"])
        let key = SigningKey(secret: SecretBytes(bytes(example.secret)), scope: claim.credential)
        let signature = Hexadecimal.string(key.sign(text))
        #expect(signature == example.texts["\(kind)-signature"]?.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(signature == String(decoding: claim.signature, as: UTF8.self))
    }

    @Test(arguments: cases.filter(\.normalizes), ["header", "query"])
    func verification(_ example: Case, _ kind: String) throws {
        // Defends: the whole way accepts each signed request of the suite, and none with another body or method.
        let (head, body) = SuiteTests.parse(try #require(example.texts["\(kind)-signed-request"]))
        let time = try #require(Instant(iso8601: "2015-08-30T12:36:00Z"))
        let service = SigningService(name: example.service, region: example.region, family: .query)
        let credentials = StubCredentials(secret: example.secret)
        let authenticator = Authenticator(credentials: credentials)
        let times = Authenticator.Times(wall: time, now: time)
        if SuiteTests.isUnsignedToken(example, kind) {
            #expect(throws: AuthenticationFailure.self) {
                try authenticator.authenticate(head, for: service, payload: .body(body), at: times)
            }
            return
        }
        let found = try authenticator.authenticate(head, for: service, payload: .body(body), at: times)
        #expect(found.caller.method == (kind == "query" ? .query : .header))
        #expect(found.caller.signatureAge == 0)
        #expect(throws: AuthenticationFailure.self) {
            try authenticator.authenticate(head, for: service, payload: .body(body + [0]), at: times)
        }
    }
}
