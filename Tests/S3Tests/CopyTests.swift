import AWS
import Authentication
import Crypto
@testable import Door
import Formats
import KMSAPI
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

@Suite struct CopyTests {
    private let yard: Yard

    init() async throws {
        yard = try Yard()
        try await yard.makeBucket("b-1")
        try await yard.makeBucket("b-2")
    }

    @Test(
        "a source is a bucket and a key, encoded, with a version or not",
        arguments: [
            ("b/k", "b|k|"), ("/b/k", "b|k|"), ("b/a%20b%2Fc+d", "b|a b/c+d|"), ("b%2Fk", "b|k|"),
            ("b/k?versionId=null", "b|k|null"),
            ("b/k%3FversionId=x", "b|k?versionId=x|"), ("b/%C3%A9", "b|\u{e9}|"), ("b//k", "b|/k|"),
            ("b/k?x=1", "b|k?x=1|"),
            ("b", nil), ("b/", nil), ("/", nil), ("", nil), ("//k", nil), ("b/%FF", nil), ("b/k?versionId=", nil),
        ] as [(String, String?)])
    func sources(_ header: String, _ expected: String?) {
        let source = try? CopySource(header)
        #expect(source.map { "\($0.bucket)|\($0.key)|\($0.version ?? "")" } == expected, "\(header)")
    }

    @Test("a copy has the content, what is told with it, and the tags")
    func content() async throws {
        try await yard.put("k", large(300_000)) {
            ($0.contentType, $0.metadata, $0.tagging) = ("text/x", ["a": "b"], "t=1")
        }
        let done = try await yard.copy("b-1/k", to: "l", in: "b-2")
        let tag = "\"\(Hexadecimal.string(MD5.hash(large(300_000))))\""
        #expect(done.copyObjectResult?.eTag == tag && done.serverSideEncryption == .aes256)
        #expect(done.copyObjectResult?.checksumType == .fullObject && done.copyObjectResult?.checksumCRC64NVME != nil)
        let (output, content) = try await yard.get("l", in: "b-2")
        #expect(areSame(content, large(300_000)) && output.contentType == "text/x" && output.metadata == ["a": "b"])
        #expect(output.tagCount == 1 && output.eTag == tag)
        _ = try await yard.copy("b-1/k", to: "m") {
            ($0.metadataDirective, $0.taggingDirective, $0.metadata, $0.tagging) = (
                .replace, .replace, ["c": "d"], "x=1&y=2"
            )
            $0.checksumAlgorithm = .sha256
        }
        let other = try await yard.get("m") { $0.checksumMode = .enabled }.output
        #expect(other.metadata == ["c": "d"] && other.contentType == "binary/octet-stream" && other.tagCount == 2)
        #expect(other.checksumSHA256 == Base64.encode(SHA256.hash(large(300_000))))
        #expect(try yard.strays() == 0)
    }

    @Test("what is empty, small or made of parts is copied too, into one piece")
    func kinds() async throws {
        try await yard.put("none", [])
        try await yard.put("small", [1, 2])
        try await yard.compose("parts", large(Yard.partSize), [9]) { $0.checksumAlgorithm = nil }
        for (key, content) in [("none", []), ("small", [1, 2]), ("parts", large(Yard.partSize) + [9])] {
            _ = try await yard.copy("b-1/" + key, to: "copy-" + key)
            let (output, copied) = try await yard.get("copy-" + key) { $0.partNumber = 1 }
            #expect(areSame(copied, content) && output.partsCount == nil && output.eTag?.contains("-") == false)
        }
    }

    @Test("a copy onto itself must change something")
    func ontoItself() async throws {
        try await yard.put("k", [1])
        #expect(await yard.code { _ = try await yard.copy("b-1/k", to: "k") } == "InvalidRequest")
        #expect(await yard.code { _ = try await yard.copy("b-1/k?versionId=null", to: "k") } == "InvalidRequest")
        _ = try await yard.copy("b-1/k", to: "k") { $0.metadataDirective = .replace }
        _ = try await yard.copy("b-1/k", to: "k") { $0.serverSideEncryption = .aes256 }
        #expect(try await yard.get("k").content == [1])
        #expect(try yard.strays() == 0)
    }

    @Test("the conditions on the source fail with 412, whichever they are; those on the copy as at a PUT")
    func conditions() async throws {
        let tag = try await yard.put("k", [1]).eTag
        let now = yard.clock.now()
        func code(_ change: (inout S3.CopyObject.Input) -> Void) async -> String? {
            await yard.code { _ = try await yard.copy("b-1/k", to: "l", change) }
        }
        #expect(await code { $0.copySourceIfMatch = "\"x\"" } == "PreconditionFailed")
        #expect(await code { $0.copySourceIfNoneMatch = tag } == "PreconditionFailed")
        #expect(await code { $0.copySourceIfModifiedSince = now } == "PreconditionFailed")
        #expect(await code { $0.copySourceIfUnmodifiedSince = Instant(seconds: 1) } == "PreconditionFailed")
        #expect(
            await code { ($0.copySourceIfMatch, $0.copySourceIfUnmodifiedSince) = (tag, Instant(seconds: 1)) } == nil)
        #expect(await code { $0.ifNoneMatch = "*" } == "PreconditionFailed")
        #expect(await code { $0.ifMatch = tag } == nil)
        #expect(await code { $0.copySource = "nothing" } == "InvalidArgument")
        #expect(await code { $0.copySource = "b-9/k" } == "NoSuchBucket")
        #expect(await code { $0.copySource = "b-1/none" } == "NoSuchKey")
        #expect(await code { $0.copySource = "b-1/k?versionId=x" } == "InvalidArgument")
        #expect(await code { $0.metadataDirective = .init(rawValue: "OTHER") } == "InvalidArgument")
        #expect(await code { $0.tagging = "a=b" } == "InvalidArgument")
        #expect(await code { $0.expectedSourceBucketOwner = Yard.other.description } == "AccessDenied")
        #expect(await code { $0.expectedSourceBucketOwner = Yard.account.description } == nil)
    }

    @Test("who copies may read the source and store the copy, and whether the source is missing is not told to all")
    func permissions() async throws {
        try await yard.put("k", [1])
        try await yard.put("tagged", [1]) { $0.tagging = "a=b" }
        let reader = try await yard.user("reader", allow(#""s3:GetObject""#, on: "arn:aws:s3:::b-1/*"))
        let writer = try await yard.user("writer", allow(#""s3:PutObject""#, on: "arn:aws:s3:::b-2/*"))
        let both = try await yard.user("both", allow(#""s3:GetObject","s3:PutObject""#, on: "*"))
        for facts in [reader, writer] {
            #expect(
                await yard.code { _ = try await yard.copy("b-1/k", to: "l", in: "b-2", as: facts) } == "AccessDenied")
        }
        _ = try await yard.copy("b-1/k", to: "l", in: "b-2", as: both)
        #expect(await yard.code { _ = try await yard.copy("b-1/none", to: "l", in: "b-2", as: both) } == "AccessDenied")
        #expect(
            await yard.code { _ = try await yard.copy("b-1/tagged", to: "l", in: "b-2", as: both) } == "AccessDenied")
        _ = try await yard.copy("b-1/tagged", to: "l", in: "b-2", as: both) { $0.taggingDirective = .replace }
        let tagger = try await yard.user(
            "tagger",
            allow(
                #""s3:GetObject","s3:PutObject","s3:GetObjectTagging","s3:PutObjectTagging","s3:ListBucket""#, on: "*"))
        _ = try await yard.copy("b-1/tagged", to: "l", in: "b-2", as: tagger)
        #expect(await yard.code { _ = try await yard.copy("b-1/none", to: "l", in: "b-2", as: tagger) } == "NoSuchKey")
        let narrow = try await yard.user(
            "narrow",
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringLike":{"s3:x-amz-copy-source":"b-1/k*","s3:x-amz-metadata-directive":"REPLACE"}}}]}"#
        )
        #expect(
            await yard.code { _ = try await yard.copy("/b-1/%6B", to: "l", in: "b-2", as: narrow) } == "AccessDenied")
        _ = try await yard.copy("/b-1/%6B", to: "l", in: "b-2", as: narrow) { $0.metadataDirective = .replace }
        #expect(
            await yard.code {
                _ = try await yard.copy("b-2/l", to: "m", in: "b-2", as: narrow) { $0.metadataDirective = .replace }
            } == "AccessDenied")
    }

    @Test("between accounts both buckets must agree")
    func betweenAccounts() async throws {
        try await yard.put("k", pattern(100))
        _ = try await yard.gate.run(
            CreateBucket(buckets: yard.buckets), S3.CreateBucket.Input(bucket: "far"), yard.stranger)
        #expect(
            await yard.code { _ = try await yard.copy("b-1/k", to: "l", in: "far", as: yard.stranger) }
                == "AccessDenied")
        try await yard.setPolicy(
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b-1/*"}]}"#,
            on: "b-1")
        _ = try await yard.copy("b-1/k", to: "l", in: "far", as: yard.stranger)
        #expect(try await yard.get("l", in: "far", as: yard.stranger).content == pattern(100))
    }

    @Test("KMS is asked to open the source and to make a key for the copy, in the names of both")
    func keys() async throws {
        try await yard.put("k", large(100_000), as: yard.secure) {
            ($0.serverSideEncryption, $0.sSEKMSKeyId) = (.awsKms, "alias/one")
        }
        let done = try await yard.copy("b-1/k", to: "l", in: "b-2", as: yard.secure) {
            ($0.serverSideEncryption, $0.sSEKMSKeyId) = (.awsKms, "alias/two")
        }
        #expect(done.sSEKMSKeyId == "arn:of:alias/two")
        let calls = yard.kms.calls.suffix(2).map { "\($0.operation) \($0.key) \($0.context["aws:s3:arn"] ?? "")" }
        #expect(
            Set(calls) == [
                "GenerateDataKey alias/two arn:aws:s3:::b-2/l", "Decrypt arn:of:alias/one arn:aws:s3:::b-1/k",
            ])
        #expect(try await yard.get("l", in: "b-2", as: yard.secure).content == large(100_000))
        // A copy is encrypted as its bucket says, not as its source is.
        let plain = try await yard.copy("b-1/k", to: "m", as: yard.secure)
        #expect(plain.serverSideEncryption == .aes256)
        yard.kms.refusal.withLock { $0 = KMS.DisabledException(message: "off") }
        #expect(
            await yard.code { _ = try await yard.copy("b-1/k", to: "n", as: yard.secure) } == "KMS.DisabledException")
        #expect(try yard.strays() == 0)
    }

    @Test("ranges of parts that are copied")
    func partCopies() async throws {
        try await yard.put("k", large(2 * Yard.partSize))
        let upload = try await yard.begin("l") { $0.checksumAlgorithm = .sha256 }
        func part(_ number: Int, _ range: String?, from source: String = "b-1/k") async throws -> S3.CopyPartResult? {
            let input = S3.UploadPartCopy.Input(
                bucket: "b-1", copySource: source, copySourceRange: range, key: "l", partNumber: number,
                uploadId: upload.uploadId ?? "")
            return try await yard.gate.run(UploadPartCopy(objects: yard.objects), input, yard.root).copyPartResult
        }
        for range in [
            "0-1", "bytes=1", "bytes=2-1", "bytes=-5", "bytes=0-", "bytes=0-\(2 * Yard.partSize)", "bytes=0-1,3-4",
        ] {
            #expect(await yard.code { _ = try await part(1, range) } == "InvalidArgument", "\(range)")
        }
        #expect(await yard.code { _ = try await part(1, nil, from: "b-1/none") } == "NoSuchKey")
        #expect(await yard.code { _ = try await part(0, nil) } == "InvalidArgument")
        let first = try await part(1, nil)
        let last = try await part(2, "bytes=7-9")
        #expect(last?.checksumSHA256 == Base64.encode(SHA256.hash(Array(pattern(10)[7...9]))))
        try await yard.complete(upload, [(1, first?.eTag), (2, last?.eTag)]) {
            $0.multipartUpload?.parts?[0].checksumSHA256 = first?.checksumSHA256
            $0.multipartUpload?.parts?[1].checksumSHA256 = last?.checksumSHA256
        }
        #expect(areSame(try await yard.get("l").content, large(2 * Yard.partSize) + Array(pattern(10)[7...9])))
    }

    @Test("the record tells both objects and their buckets")
    func record() async throws {
        try await yard.put("k", [1])
        _ = try await yard.copy("b-1/k", to: "l", in: "b-2")
        let text = try #require(try await yard.records(1).first)
        for part in [
            #""eventName":"CopyObject""#, #""x-amz-copy-source":"b-1/k""#, #""eventCategory":"Data""#,
            #"{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b-2/l"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b-2"},{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b-1/k"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b-1"}"#,
        ] { #expect(text.contains(part), "\(part) in \(text)") }
    }
}
