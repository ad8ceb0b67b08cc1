import Crypto
import Foundation
import HTTP
import Testing
import World

@testable import Authentication

/// Links to S3 signed with Version 2.
@Suite struct Version2Tests {
    static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    static let link =
        "/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D"
        + "&Expires=1175139620"
    static let beforeEnd = Instant(seconds: 1_175_139_620)

    static func service(_ bucket: String?) -> SigningService {
        SigningService(name: "s3", region: "us-east-1", family: .s3, acceptsVersion2: true, hostBucket: bucket)
    }

    private func answer(
        _ target: String, _ method: String = "GET", headers: [(name: String, value: String)] = [],
        bucket: String? = "johnsmith", wall: Instant = beforeEnd, token: String? = nil
    ) -> Refusal? {
        refusal(
            RequestHead(method: method, target: target, headers: [("Host", "johnsmith.s3.amazonaws.com")] + headers),
            Version2Tests.service(bucket),
            credentials: StubCredentials(key: "AKIAIOSFODNN7EXAMPLE", secret: Version2Tests.secret, token: token),
            wall: wall)
    }

    @Test func theExampleOfTheGuide() throws {
        // Defends: AWS's own example is accepted, by virtual host and by path, and read as what it is.
        #expect(answer(Version2Tests.link) == nil)
        #expect(answer("/johnsmith" + Version2Tests.link, bucket: nil) == nil)
        let found = try Authenticator(
            credentials: StubCredentials(key: "AKIAIOSFODNN7EXAMPLE", secret: Version2Tests.secret)
        ).authenticate(
            RequestHead(method: "GET", target: Version2Tests.link, headers: []),
            for: Version2Tests.service("johnsmith"), payload: .fromHeader,
            at: .init(wall: Version2Tests.beforeEnd, now: Version2Tests.beforeEnd))
        #expect(found.caller.method == .query && found.caller.signatureVersion == .version2)
        #expect(found.caller.signatureAge == nil && found.caller.accessKeyID == "AKIAIOSFODNN7EXAMPLE")
    }

    @Test func anythingElseIsAnotherSignature() {
        // Defends: method, path, bucket, expiry, content headers, S3's headers and every parameter that means something.
        let changed = [
            answer(Version2Tests.link, "PUT"), answer(Version2Tests.link, bucket: "other"),
            answer(Version2Tests.link, bucket: nil), answer(Version2Tests.link.replacing("puppy", with: "Puppy")),
            answer(Version2Tests.link.replacing("9620", with: "9621")),
            answer(Version2Tests.link.replacing("Npg", with: "npg")),
            answer(Version2Tests.link, headers: [("Content-Type", "text/plain")]),
            answer(Version2Tests.link, headers: [("Content-MD5", "mQnJg5G6vjrpXkv6vT9TEA==")]),
            answer(Version2Tests.link, headers: [("x-amz-acl", "public-read")]),
            answer(Version2Tests.link + "&x-amz-acl=public-read"), answer(Version2Tests.link + "&acl"),
            answer(Version2Tests.link + "&versionId=1"), answer(Version2Tests.link + "&publicAccessBlock"),
            answer(Version2Tests.link + "&response-content-type=text%2Fhtml"),
            answer(Version2Tests.link + "&neverHeardOf=1"), answer(Version2Tests.link, token: "t"),
        ]
        for (number, refusal) in changed.enumerated() {
            let isToken = number == changed.count - 1
            #expect(refusal?.code == (isToken ? "InvalidAccessKeyId" : "SignatureDoesNotMatch"), "\(number)")
            #expect(refusal?.status == 403)
        }
        // A link does not sign how a list is paged.
        #expect(answer(Version2Tests.link + "&prefix=a&max-keys=1&list-type=2") == nil)
    }

    @Test func anyOneByte() {
        // Defends: every byte of a link, at every place.
        let good = Array(Version2Tests.link.utf8)
        for place in 1..<good.count {
            for byte: UInt8 in [0x00, 0x25, 0x26, 0x2B, 0x2F, 0x3D, 0x41, 0x7A, 0xFF, good[place] ^ 1] {
                // The digits of an escape mean the same in either case.
                if byte == good[place] || byte | 0x20 == good[place] | 0x20 { continue }
                var bad = good
                bad[place] = byte
                let target = String(decoding: bad, as: UTF8.self)
                // Without its question mark it bears no signature, and proves nothing.
                guard target.contains("?") else { continue }
                #expect(answer(target) != nil, "\(target)")
            }
        }
    }

    @Test func whatTheMismatchTells() throws {
        // Defends: the client sees what we signed, and no canonical request, which Version 2 has not.
        let refusal = try #require(answer(Version2Tests.link + "&policy&acl=&versionId=a%2Bb"))
        let text = "GET\n\n\n1175139620\n/johnsmith/photos/puppy.jpg?acl&policy&versionId=a+b"
        #expect(
            refusal.details.map(\.name) == ["AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes"])
        #expect(refusal.details[1].value == text && refusal.details[2].value == "NpgCjnDzrM+WFzoENXmpNDUsSn8=")
    }

    @Test func whenItEnds() {
        // Defends: a link lives to the second of its expiry, and an expiry is decimal seconds.
        let late = answer(Version2Tests.link, wall: Instant(milliseconds: Version2Tests.beforeEnd.milliseconds + 1))
        #expect(
            late
                == Refusal(
                    "AccessDenied", 403, "Request has expired",
                    [.init("Expires", "2007-03-29T03:40:20Z"), .init("ServerTime", "2007-03-29T03:40:20Z")]))
        for odd in ["", "-1", "1e9", "1175139620.5", "99999999999999999999", "0x10"] {
            let found = answer(Version2Tests.link.replacing("1175139620", with: odd))
            #expect(found == Refusal("AccessDenied", 403, "Invalid date (should be seconds since epoch): \(odd)"))
        }
        #expect(
            answer(Version2Tests.link.replacing("1175139620", with: "999999999999"))?.code == "SignatureDoesNotMatch")
    }

    @Test func theFormItMustHave() {
        // Defends: three parts, each once, no second mechanism, and S3 alone.
        for broken in [
            Version2Tests.link.replacing("&Expires=1175139620", with: ""), Version2Tests.link + "&Expires=1175139620",
            Version2Tests.link + "&Signature=x", Version2Tests.link + "&AWSAccessKeyId=x",
        ] {
            let found = answer(broken)
            #expect(found?.code == "AccessDenied" && found?.status == 403)
            #expect(found?.message.hasPrefix("Query-string authentication requires the Signature, Expires") == true)
        }
        #expect(answer(Version2Tests.link, headers: [("Authorization", "AWS a:b")])?.code == "InvalidArgument")
        #expect(answer(Version2Tests.link + "&X-Amz-Algorithm=x")?.code == "InvalidRequest")
        let head = RequestHead(method: "GET", target: Version2Tests.link, headers: [])
        #expect(
            refusal(head, .s3, wall: Version2Tests.beforeEnd)?.message.contains("Please use AWS4-HMAC-SHA256") == true)
        #expect(refusal(head, .iam, wall: Version2Tests.beforeEnd)?.code == "IncompleteSignature")
    }

    /// Method, bucket of the host, target, header lines, date line and signature.
    typealias Example = (
        method: String, bucket: String?, target: String, headers: [(name: String, value: String)], date: String,
        signature: String
    )

    /// - Source: S3 User Guide, "Signing and authenticating REST requests", examples. They sign headers; the text is the
    ///   same, with the date where a link has its expiry.
    static let examples: [Example] = [
        (
            "GET", "johnsmith", "/photos/puppy.jpg", [], "Tue, 27 Mar 2007 19:36:42 +0000",
            "bWq2s1WEIj+Ydj0vQ697zp+IXMU="
        ),
        (
            "PUT", "johnsmith", "/photos/puppy.jpg", [("Content-Type", "image/jpeg"), ("Content-Length", "94328")],
            "Tue, 27 Mar 2007 21:15:45 +0000", "MyyxeRY7whkBe+bq8fHCL/2kKUg="
        ),
        (
            "GET", "johnsmith", "/?prefix=photos&max-keys=50&marker=puppy", [("User-Agent", "Mozilla/5.0")],
            "Tue, 27 Mar 2007 19:42:41 +0000", "htDYFYduRNen8P9ZfE/s9SuKy0U="
        ),
        ("GET", "johnsmith", "/?acl", [], "Tue, 27 Mar 2007 19:44:46 +0000", "c2WLPFtWHVgbEmeEG93a4cG37dM="),
        (
            "PUT", "static.example.com", "/db-backup.dat.gz",
            [
                ("x-amz-acl", "public-read"), ("content-type", "application/x-download"),
                ("Content-MD5", "4gJE4saaMU4BqNR0kLY+lw=="), ("X-Amz-Meta-ReviewedBy", "joe@example.com"),
                ("X-Amz-Meta-ReviewedBy", "jane@example.com"), ("X-Amz-Meta-FileChecksum", "0x02661779"),
                ("X-Amz-Meta-ChecksumAlgorithm", "crc32"), ("Content-Encoding", "gzip"),
            ], "Tue, 27 Mar 2007 21:06:08 +0000", "jtBQa0Aq+DkULFI8qrpwIjGEx0E="
        ),
        ("GET", nil, "/", [], "Wed, 28 Mar 2007 01:29:59 +0000", "qGdzdERIC03wnaRNKh6OqZehG9s="),
        (
            "GET", nil, "/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re", [], "Wed, 28 Mar 2007 01:49:49 +0000",
            "DNEZGsoieTZ92F3bUfSPQcbGmlM="
        ),
    ]

    @Test(arguments: examples)
    func whatIsSigned(_ example: Example) throws {
        // Defends: the text that is signed, against AWS's other examples.
        let head = RequestHead(method: example.method, target: example.target, headers: example.headers)
        let target = RequestTarget(head)
        let text = try Version2Text(
            head: head, target: target, query: CanonicalQuery(target.query), hostBucket: example.bucket
        ).bytes(expires: bytes(example.date))
        let signature = HMACSHA1.authenticate(text, key: SecretBytes(bytes(Version2Tests.secret)))
        #expect(Data(signature).base64EncodedString() == example.signature)
    }
}
