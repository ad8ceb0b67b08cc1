import Crypto
import HTTP
import Testing
import World

@testable import Authentication

/// A raw body that comes in pieces of one size.
final class PiecewiseBody: RequestBody {
    let declaredLength: Int64?
    private let rest: Lock<[UInt8]>
    private let width: Int

    init(_ bytes: [UInt8], width: Int) {
        declaredLength = Int64(bytes.count)
        rest = Lock(bytes)
        self.width = width
    }

    func next() async throws -> [UInt8]? {
        rest.withLock { rest in
            guard !rest.isEmpty else { return nil }
            let piece = Array(rest.prefix(width))
            rest.removeFirst(piece.count)
            return piece
        }
    }
}

/// AWS's two published examples of chunked uploads.
struct ChunkExample {
    let head: RequestHead
    let body: [UInt8]
    static let time = Instant(iso8601: "2013-05-24T00:00:00Z") ?? Instant(seconds: 0)
    static let payload = [UInt8](repeating: UInt8(ascii: "a"), count: 66_560)

    /// - Source: S3 API Reference, "Transferring Payload in Multiple Chunks (Chunked Upload)", example.
    static let signed = ChunkExample(
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        [("Content-Length", "66824"), ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")],
        [
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
            "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
            "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
        ], "")

    /// - Source: S3 API Reference, "… Including Trailing Headers (Chunked Upload)", example.
    static let trailed = ChunkExample(
        "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        [
            ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"),
            ("x-amz-trailer", "x-amz-checksum-crc32c"),
        ],
        [
            "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
            "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
            "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
        ],
        "x-amz-checksum-crc32c:sOO8/Q==\r\n"
            + "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n")

    init(
        _ names: String, _ signature: String, _ headers: [(name: String, value: String)], _ chunks: [String],
        _ trailer: String
    ) {
        head = RequestHead(
            method: "PUT", target: "/examplebucket/chunkObject.txt",
            headers: headers + [
                ("Host", "s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"), ("Content-Encoding", "aws-chunked"),
                ("x-amz-decoded-content-length", "66560"),
                (
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                        + "SignedHeaders=\(names),Signature=\(signature)"
                ),
            ])
        var body = bytes("10000;chunk-signature=\(chunks[0])\r\n") + ChunkExample.payload.prefix(65_536)
        body += bytes("\r\n400;chunk-signature=\(chunks[1])\r\n") + ChunkExample.payload.prefix(1024)
        self.body = body + bytes("\r\n0;chunk-signature=\(chunks[2])\r\n\(trailer)\r\n")
    }

    func authenticated() throws(AuthenticationFailure) -> Authenticated {
        try Authenticator(credentials: StubCredentials(key: "AKIAIOSFODNN7EXAMPLE")).authenticate(
            head, for: .s3, payload: .fromHeader, at: .init(wall: ChunkExample.time, now: ChunkExample.time))
    }
}

/// Reads to the end.
func drain(_ body: VerifiedBody) async throws -> [UInt8] {
    var received: [UInt8] = []
    while let piece = try await body.next() { received += piece }
    return received
}

@Suite struct SignedChunkTests {
    @Test(arguments: [1, 7, 1000, 100_000])
    func documentedExamples(_ width: Int) async throws {
        // Defends: AWS's examples, in pieces of any size.
        for example in [ChunkExample.signed, .trailed] {
            let body = try example.authenticated().body(PiecewiseBody(example.body, width: width), computing: .md5)
            #expect(body.declaredLength == 66_560)
            #expect(body.facts == nil)
            #expect(try await drain(body) == ChunkExample.payload)
            #expect(body.facts?.byteCount == 66_560)
            #expect(body.facts?.md5 == MD5.hash(ChunkExample.payload))
        }
        let body = try ChunkExample.trailed.authenticated().body(BufferedBody(ChunkExample.trailed.body))
        _ = try await drain(body)
        #expect(body.facts?.confirmed == .crc32c)
        #expect(body.facts?.checksums[.crc32c] == [0xb0, 0xe3, 0xbc, 0xfd])
    }

    @Test func everyByteCounts() async throws {
        // Defends: a changed byte anywhere is noticed, and no byte of a bad chunk is handed on.
        let example = ChunkExample.trailed
        let authenticated = try example.authenticated()
        for index in stride(from: 0, to: example.body.count, by: 97) {
            var changed = example.body
            changed[index] ^= 0x10
            let body = try authenticated.body(PiecewiseBody(changed, width: 5000))
            var received = 0
            await #expect(throws: BodyFailure.self) {
                while let piece = try await body.next() { received += piece.count }
            }
            #expect(received == 0 || index > 65_536)
            #expect(body.facts == nil)
            await #expect(throws: BodyFailure.self) { try await body.next() }
        }
    }

    @Test func whatIsHeldIsTold() async throws {
        // Defends: whoever counts memory learns what of a chunk is kept, and may refuse it.
        let example = ChunkExample.signed
        let told = Lock<[Int]>([])
        let body = try example.authenticated().body(PiecewiseBody(example.body, width: 10_000)) { held in
            told.withLock { $0.append(held) }
        }
        #expect(try await drain(body) == ChunkExample.payload)
        let all = told.withLock { $0 }
        #expect(all.max().map { (50_000...65_536).contains($0) } == true && all.last == 0)
        struct Enough: Error {}
        let refused = try example.authenticated().body(PiecewiseBody(example.body, width: 10_000)) { held in
            if held > 20_000 { throw Enough() }
        }
        await #expect(throws: Enough.self) { try await drain(refused) }
    }

    @Test func truncation() async throws {
        // Defends: a body cut anywhere is incomplete.
        let example = ChunkExample.signed
        let authenticated = try example.authenticated()
        for count in [0, 1, 50, 87, 1000, 65_700, 66_700, example.body.count - 1] {
            let body = try authenticated.body(BufferedBody(Array(example.body.prefix(count))))
            await #expect(throws: BodyFailure.incomplete) { try await drain(body) }
        }
        let longer = try authenticated.body(BufferedBody(example.body + [0]))
        await #expect(throws: BodyFailure.incomplete) { try await drain(longer) }
    }

    @Test func signatureRefusal() async throws {
        // Defends: a wrong chunk signature is told as S3 tells it.
        let example = ChunkExample.signed
        var changed = example.body
        changed[30] = changed[30] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        let body = try example.authenticated().body(BufferedBody(changed))
        do {
            _ = try await drain(body)
            Issue.record("accepted")
        } catch let failure as BodyFailure {
            #expect(failure.refusal.code == "SignatureDoesNotMatch" && failure.refusal.status == 403)
            #expect(failure.refusal.details[1].value.hasPrefix("AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n"))
        }
    }
}
