import AWS
import S3API
@testable import S3Service
import Testing
import World

@Suite struct RuleTests {
    @Test(
        "bucket names follow the published rules",
        arguments: [
            ("abc", true), ("a-b.c", true), ("1bc", true), ("ab", false), ("Abc", false), ("a_bc", false),
            ("-abc", false),
            ("abc-", false), (".abc", false), ("a..b", false), ("192.168.5.4", false), ("192.168.5.4.5", true),
            ("1921.168.5.4", true), ("xn--abc", false), ("sthree-abc", false), ("abc-s3alias", false),
            ("abc--x-s3", false),
            ("a\u{e4}b", false), ("", false), ("a b", false), ("a.-b", true),
        ])
    func bucketNames(_ name: String, _ isValid: Bool) {
        #expect(BucketName.isValid(name) == isValid, "\(name)")
    }

    @Test("bucket names have 3 to 63 characters")
    func bucketNameLengths() {
        for count in 0...70 {
            #expect(BucketName.isValid(String(repeating: "a", count: count)) == (3...63).contains(count))
        }
    }

    @Test(
        "a range gives the bytes it names, or nothing, or is passed over",
        arguments: [
            ("bytes=0-4", ByteRange.part(0..<5)), ("bytes=3-3", .part(3..<4)), ("bytes=5-", .part(5..<10)),
            ("bytes=-3", .part(7..<10)), ("bytes=-30", .part(0..<10)), ("bytes=8-99", .part(8..<10)),
            ("bytes=9-99999999999999999999999", .part(9..<10)), ("bytes=10-", .unsatisfiable),
            ("bytes=-0", .unsatisfiable),
            ("bytes=99999999999999999999999-", .unsatisfiable), ("bytes=4-2", .whole), ("bytes=0-1,3-4", .whole),
            ("items=0-1", .whole), ("bytes=a-1", .whole), ("bytes=-", .whole), ("bytes=1", .whole), ("", .whole),
            ("bytes=--1", .whole), ("bytes= 0-1", .whole), ("bytes=+1-2", .whole),
        ])
    func ranges(_ header: String, _ expected: ByteRange) {
        #expect(ByteRange(header, of: 10) == expected, "\(header)")
    }

    @Test("no range of nothing can be given")
    func rangesOfNothing() {
        for header in ["bytes=0-", "bytes=-1", "bytes=0-0"] { #expect(ByteRange(header, of: 0) == .unsatisfiable) }
        #expect(ByteRange(nil, of: 0) == .whole)
    }

    @Test("every small range agrees with a slow count of its bytes")
    func rangesExhaustively() {
        for size in Int64(0)...6 {
            for first in Int64(0)...8 {
                for last in first...9 {
                    let wanted = (0..<size).filter { $0 >= first && $0 <= last }
                    let expected =
                        wanted.isEmpty ? ByteRange.unsatisfiable : .part(wanted[0]..<wanted[wanted.count - 1] + 1)
                    #expect(ByteRange("bytes=\(first)-\(last)", of: size) == expected)
                }
                let tail = (0..<size).suffix(Int(first))
                let expected = tail.isEmpty ? ByteRange.unsatisfiable : .part(size - Int64(tail.count)..<size)
                #expect(ByteRange("bytes=-\(first)", of: size) == expected)
            }
        }
    }

    @Test("tags are compared with and without quotes, alone and in lists")
    func entityTags() {
        let tag: [UInt8] = [0xAB, 0xCD]
        for header in ["\"abcd\"", "abcd", "*", "\"x\", \"abcd\"", "W/\"abcd\"", " abcd "] {
            #expect(EntityTag.matches(header, tag), "\(header)")
        }
        for header in ["", "\"ABCD\"", "abcde", "\"abcd", "\"x\""] {
            #expect(!EntityTag.matches(header, tag), "\(header)")
        }
    }

    /// Each of the four headers absent, holding, or failing: 81 cases against AWS's order, written out slowly.
    @Test("conditions are asked in AWS's order")
    func conditions() {
        let (tag, modified): ([UInt8], Instant) = ([1, 2], Instant(seconds: 100))
        let times = [nil, Instant(seconds: 50), Instant(seconds: 150)]
        let tags = [nil, "\"0102\"", "\"ffff\""]
        for ifMatch in tags {
            for ifNoneMatch in tags {
                for since in times {
                    for unmodified in times {
                        let outcome = ReadConditions(
                            ifMatch: ifMatch, ifNoneMatch: ifNoneMatch, ifModifiedSince: since,
                            ifUnmodifiedSince: unmodified
                        ).outcome(etag: tag, modified: modified)
                        #expect(outcome == slow(ifMatch, ifNoneMatch, since, unmodified))
                    }
                }
            }
        }
    }

    private func slow(_ ifMatch: String?, _ ifNoneMatch: String?, _ since: Instant?, _ unmodified: Instant?)
        -> ReadConditions.Outcome
    {
        if ifMatch == "\"ffff\"" { return .failed("If-Match") }
        if ifMatch == nil, unmodified == Instant(seconds: 50) { return .failed("If-Unmodified-Since") }
        if ifNoneMatch == "\"0102\"" { return .notModified }
        if ifNoneMatch == nil, since == Instant(seconds: 150) { return .notModified }
        return .proceed
    }

    @Test("times are compared in whole seconds")
    func wholeSeconds() {
        var conditions = ReadConditions()
        conditions.ifModifiedSince = Instant(seconds: 100)
        #expect(conditions.outcome(etag: [], modified: Instant(milliseconds: 100_900)) == .notModified)
    }

    @Test("a location is checked against the Region the call came to")
    func locations() throws {
        let (us, eu) = (Region.usEast1, try #require(Region("eu-west-1")))
        #expect(try Location(constraint: nil, in: us).region == us)
        #expect(try Location(constraint: "", in: us).constraint == nil)
        #expect(try Location(constraint: "eu-west-1", in: us).region == eu)
        #expect(try Location(constraint: "eu-west-1", in: eu).constraint == "eu-west-1")
        #expect(try Location(constraint: "EU", in: eu).region == eu)
        #expect(try Location(constraint: "EU", in: us).constraint == "EU")
        for (constraint, region) in [
            (nil, eu), ("eu-west-2", eu), ("us-east-1", us), ("nowhere-1", us), ("cn-north-1", us),
        ] {
            #expect(throws: (any Error).self) { try Location(constraint: constraint, in: region) }
        }
    }

    @Test("a policy may name only its bucket")
    func policyResources() {
        for resource in [
            "arn:aws:s3:::b-1", "arn:aws:s3:::b-1/*", "arn:aws:s3:::b-*", "*", "arn:aws:s3:::*/x",
            "arn:aws:s3:::b-?/a/b",
        ] {
            #expect(BucketPolicy.mayName("b-1", resource), "\(resource)")
        }
        for resource in [
            "arn:aws:s3:::b-2", "arn:aws:s3:::b-1x/*", "arn:aws:iam:::b-1", "b-1", "arn:aws:s3:us-east-1::b-1",
        ] {
            #expect(!BucketPolicy.mayName("b-1", resource), "\(resource)")
        }
    }

    @Test("the framing of an upload is no encoding of the content")
    func contentEncodings() {
        #expect(ObjectHeader.withoutFraming("aws-chunked") == nil)
        #expect(ObjectHeader.withoutFraming("aws-chunked,gzip") == "gzip")
        #expect(ObjectHeader.withoutFraming("gzip, aws-chunked") == "gzip")
        for whole in ["gzip", "deflate, gzip", "deflate,gzip"] { #expect(ObjectHeader.withoutFraming(whole) == whole) }
        #expect(ObjectHeader.withoutFraming("aws-chunked, deflate, gzip") == "deflate, gzip")
        #expect(ObjectHeader.withoutFraming("") == nil)
    }
}
