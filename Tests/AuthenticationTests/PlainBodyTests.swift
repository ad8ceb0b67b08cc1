import Crypto
import HTTP
import Testing
import World

@testable import Authentication

/// Bodies without chunk signatures: hashes, checksums, unsigned chunks.
@Suite struct PlainBodyTests {
    /// What reading a body gives: nil, or the refusal.
    private func read(
        _ sent: String, _ headers: [(name: String, value: String)] = [], hash: String? = nil,
        signed body: String = "hello", checksums: Authenticated.ChecksumHeaders = .describeBody
    ) async throws -> Refusal? {
        let request = SignedRequest(
            service: .s3, method: "PUT", headers: [("host", "h")] + headers, body: body, contentHash: hash)
        let found = try Authenticator(credentials: StubCredentials()).authenticate(
            request.head(), for: .s3, payload: .fromHeader, at: .init(wall: testTime, now: testTime))
        do {
            _ = try await drain(found.body(PiecewiseBody(bytes(sent), width: 3), checksums: checksums))
            return nil
        } catch let failure as BodyFailure {
            return failure.refusal
        }
    }

    private func trailed(
        _ sent: String, length: Int = 5, trailer: String? = "x-amz-checksum-crc32"
    ) async throws -> Refusal? {
        var headers: [(name: String, value: String)] = [("x-amz-decoded-content-length", String(length))]
        if let trailer { headers.append(("x-amz-trailer", trailer)) }
        return try await read(sent, headers, hash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    }

    /// CRC-32 of `hello`.
    private let crc = "NhCmhg=="

    @Test func contentHash() async throws {
        // Defends: a body other than the one hashed.
        #expect(try await read("hello") == nil)
        let found = try await read("hallo")
        #expect(found?.code == "XAmzContentSHA256Mismatch" && found?.status == 400)
        #expect(
            found?.details.first?.value == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
        #expect(try await read("anything", hash: "UNSIGNED-PAYLOAD") == nil)
        #expect(try await read("", signed: "") == nil)
        #expect(try await read("x", signed: "")?.code == "XAmzContentSHA256Mismatch")
    }

    @Test func contentMD5() async throws {
        // Defends: Content-MD5, right, wrong and malformed.
        #expect(try await read("hello", [("content-md5", "XUFAKrxLKna5cZ2REBfFkg==")]) == nil)
        let wrong = try await read("hello", [("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")])
        #expect(wrong?.code == "BadDigest")
        #expect(wrong?.message == "The Content-MD5 you specified did not match what we received.")
        #expect(wrong?.details.last?.value == "XUFAKrxLKna5cZ2REBfFkg==")
        for value in ["", "x", "AAAA", "XUFAKrxLKna5cZ2REBfFkg"] {
            #expect(try await read("hello", [("content-md5", value)])?.code == "InvalidDigest")
        }
    }

    @Test func checksumHeaders() async throws {
        // Defends: each checksum header, right, wrong, malformed, doubled, or at odds with its announcement.
        let right = [
            ("crc32", crc), ("crc32c", "mnG7TA=="), ("crc64nvme", "M3eFcAZSQlc="),
            ("sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="),
            ("sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="),
        ]
        for (name, value) in right {
            let header = (name: "x-amz-checksum-\(name)", value: value)
            #expect(try await read("hello", [header]) == nil, "\(name)")
            let wrong = try await read("hallo", [header], hash: "UNSIGNED-PAYLOAD")
            #expect(
                wrong
                    == Refusal(
                        "BadDigest", 400,
                        "The \(name.uppercased()) you specified did not match the calculated checksum."))
            let malformed = try await read("hello", [(header.name, "AAA=")])
            #expect(malformed == Refusal("InvalidRequest", 400, "Value for \(header.name) header is invalid."))
            #expect(try await read("hallo", [header], hash: "UNSIGNED-PAYLOAD", checksums: .describeObject) == nil)
        }
        let two = try await read("hello", [("x-amz-checksum-crc32", crc), ("x-amz-checksum-sha1", right[3].1)])
        #expect(two?.message == "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
        let odds = try await read("hello", [("x-amz-checksum-crc32", crc), ("x-amz-sdk-checksum-algorithm", "SHA1")])
        #expect(odds?.message == "Value for x-amz-sdk-checksum-algorithm header is invalid.")
        #expect(
            try await read("hello", [("x-amz-checksum-mode", "ENABLED"), ("x-amz-checksum-type", "COMPOSITE")]) == nil)
    }

    @Test func unsignedChunks() async throws {
        // Defends: unsigned chunks with a trailer, and everything that can be wrong with them.
        #expect(try await trailed("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:\(crc)\r\n\r\n") == nil)
        #expect(try await trailed("5\r\nhello\r\n0\r\nX-Amz-Checksum-CRC32 : \(crc) \r\n\r\n") == nil)
        #expect(try await trailed("5\r\nhello\r\n0\r\n\r\n", trailer: nil) == nil)
        let codes = [
            ("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "BadDigest"),
            ("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n", "InvalidRequest"),
            ("5\r\nhello\r\n0\r\n\r\n", "MalformedTrailerError"),
            ("5\r\nhello\r\n0\r\n:\(crc)\r\n\r\n", "MalformedTrailerError"),
            ("5\r\nhello\r\n0\r\nx-amz-checksum-crc32\r\n\r\n", "MalformedTrailerError"),
            ("5\r\nhello\r\n0\r\nx-amz-checksum-sha1:\(crc)\r\n\r\n", "MalformedTrailerError"),
            ("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:\(crc)\r\nx-amz-meta-a:b\r\n\r\n", "MalformedTrailerError"),
            ("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:\(crc)\r\n", "IncompleteBody"),
            ("4\r\nhello\r\n0\r\n\r\n", "IncompleteBody"), ("x\r\nhello", "IncompleteBody"), ("\r\n", "IncompleteBody"),
            ("-5\r\nhello", "IncompleteBody"), ("5\nhello\n0\n\n", "IncompleteBody"), ("", "IncompleteBody"),
            ("ffffffffffffffffff\r\nhello", "IncompleteBody"), ("5;a=b\r\nhello\r\n", "IncompleteBody"),
        ]
        for (sent, code) in codes { #expect(try await trailed(sent)?.code == code, "\(sent)") }
    }

    @Test func decodedLength() async throws {
        // Defends: the decoded length must be there and be true.
        let sent = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:\(crc)\r\n\r\n"
        #expect(try await trailed(sent, length: 4)?.code == "IncompleteBody")
        #expect(try await trailed(sent, length: 6)?.code == "IncompleteBody")
        let missing = try await read(sent, [], hash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        #expect(missing?.code == "MissingContentLength" && missing?.status == 411)
        let wrong = try await read(
            sent, [("x-amz-decoded-content-length", "+5")], hash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        #expect(wrong?.code == "InvalidArgument")
    }

    @Test func smallChunks() async throws {
        // Defends: only the last chunk may be small.
        let sent = "3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:\(crc)\r\n\r\n"
        let found = try await trailed(sent)
        #expect(found?.code == "InvalidChunkSizeError" && found?.status == 403)
        #expect(found?.message == "Only the last chunk is allowed to have a size less than 8192 bytes")
        #expect(found?.details.map(\.value) == ["2", "3"])
    }

    @Test func anonymousUpload() async throws {
        // Defends: an upload without signature may be framed, but cannot claim chunk signatures.
        func head(_ hash: String) -> RequestHead {
            RequestHead(
                method: "PUT", target: "/b/k",
                headers: [("host", "h"), ("x-amz-content-sha256", hash), ("x-amz-decoded-content-length", "5")])
        }
        let authenticator = Authenticator(credentials: StubCredentials())
        let times = Authenticator.Times(wall: testTime, now: testTime)
        let found = try authenticator.authenticate(
            head("STREAMING-UNSIGNED-PAYLOAD-TRAILER"), for: .s3, payload: .fromHeader, at: times)
        #expect(found.caller.isAnonymous)
        let body = try found.body(BufferedBody(bytes("5\r\nhello\r\n0\r\n\r\n")))
        #expect(try await drain(body) == bytes("hello"))
        #expect(throws: AuthenticationFailure.self) {
            try authenticator.authenticate(
                head("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), for: .s3, payload: .fromHeader, at: times)
        }
    }
}
