import Crypto
import HTTP
import Testing
import World

@testable import Authentication

/// Nonsense never crashes the verifier and never gets in.
@Suite struct GarbageTests {
    /// A small repeatable generator.
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ (state >> 29)) &* 0x9E37_79B9_7F4A_7C15
        }
    }

    private static func head(_ method: [UInt8], _ target: [UInt8], _ lines: [(name: [UInt8], value: [UInt8])])
        -> RequestHead
    {
        var raw: [UInt8] = []
        func add(_ part: [UInt8]) -> Range<Int> {
            raw += part
            return raw.count - part.count..<raw.count
        }
        let (methodRange, targetRange) = (add(method), add(target))
        let fields = lines.map { RequestHead.Field(name: add($0.name), value: add($0.value)) }
        return RequestHead(
            raw: raw, method: methodRange, target: targetRange, fields: fields, isHTTP11: true,
            connection: ConnectionFacts(peerAddress: "127.0.0.1", isLoopback: true, localPort: 0, tls: nil))
    }

    private static func rejects(_ head: RequestHead, _ service: SigningService) -> Bool {
        guard let found = refusal(head, service) else { return false }
        return !found.code.isEmpty && found.status >= 400
    }

    @Test func randomAuthorization() {
        // Defends: random bytes in the header, alone and after a good beginning.
        var dice = Dice(state: 1)
        let starts = [
            "", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/s3/aws4_request,", "AWS ",
        ]
        for round in 0..<4000 {
            let length = Int.random(in: 1...80, using: &dice)
            let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &dice) }
            let head = GarbageTests.head(
                bytes("GET"), bytes("/?a=%zz&%"),
                [
                    (bytes("host"), bytes("h")), (bytes("x-amz-date"), bytes("20260102T030405Z")),
                    (bytes("authorization"), bytes(starts[round % 4]) + noise),
                    (bytes("x-amz-content-sha256"), bytes("UNSIGNED-PAYLOAD")),
                ])
            #expect(GarbageTests.rejects(head, round.isMultiple(of: 2) ? .s3 : .iam))
        }
    }

    @Test func mutatedRequests() {
        // Defends: any one byte of a signed header or of a presigned target changed.
        var dice = Dice(state: 2)
        for service in [SigningService.s3, .iam] {
            let good = SignedRequest(service: service, target: "/a%20b/c?x=y").head()
            let presigned = SignedRequest(service: service, target: "/a%20b/c?x=y").presigned()
            for _ in 0..<3000 {
                let lines = good.fields.map { (name: Array(good.raw[$0.name]), value: Array(good.raw[$0.value])) }
                var edited = lines
                let line = Int.random(in: 0..<lines.count, using: &dice)
                let at = Int.random(in: 0..<lines[line].value.count, using: &dice)
                edited[line].value[at] = UInt8.random(in: 33...255, using: &dice)
                if edited[line].value == lines[line].value { continue }
                let head = GarbageTests.head(bytes("GET"), bytes("/a%20b/c?x=y"), edited)
                if GarbageTests.isSameSignature(lines[line].value, edited[line].value) { continue }
                #expect(GarbageTests.rejects(head, service), "\(String(decoding: edited[line].value, as: UTF8.self))")
                var target = Array(presigned.raw[presigned.target])
                let place = Int.random(in: 1..<target.count, using: &dice)
                let byte = UInt8.random(in: 33...255, using: &dice)
                if GarbageTests.sameLetter(target[place], byte) { continue }
                target[place] = byte
                #expect(
                    GarbageTests.rejects(
                        GarbageTests.head(bytes("GET"), target, [(bytes("host"), bytes("example.amazonaws.com"))]),
                        service)
                        || GarbageTests.isAnonymous(target),
                    "\(String(decoding: target, as: UTF8.self))")
            }
        }
    }

    /// Hexadecimal digits and header names mean the same in either case; a blank or comma more changes nothing.
    private static func isSameSignature(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        zip(left, right).allSatisfy { sameLetter($0, $1) }
    }

    private static func sameLetter(_ left: UInt8, _ right: UInt8) -> Bool {
        left == right || (left | 0x20 == right | 0x20 && (0x61...0x7A).contains(left | 0x20))
    }

    /// A target that lost every sign of a signature is an anonymous request, which proves nothing.
    private static func isAnonymous(_ target: [UInt8]) -> Bool {
        !PresignedQuery.isPresigned(CanonicalQuery(RequestTarget(target[...]).query))
    }

    @Test func randomChunks() async throws {
        // Defends: random framing, signed and unsigned, always ends in an error.
        var dice = Dice(state: 3)
        let letters = bytes("0123456789abcdef;\r\n:=chunk-signature x")
        let authenticated = try ChunkExample.signed.authenticated()
        for round in 0..<2000 {
            let length = Int.random(in: 0...200, using: &dice)
            var noise = (0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &dice)] }
            if round.isMultiple(of: 3) { noise = bytes("5;chunk-signature=") + noise }
            let body = try authenticated.body(PiecewiseBody(noise, width: 1 + round % 50))
            await #expect(throws: BodyFailure.self) { try await drain(body) }
            var decoder = ChunkDecoder(signing: nil, takesTrailer: true)
            _ = try? decoder.decode(noise)
        }
    }
}
