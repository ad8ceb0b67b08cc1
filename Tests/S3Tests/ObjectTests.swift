import AWS
import Blobs
import Crypto
@testable import Door
import Formats
import Foundation
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

@Suite struct ObjectTests {
    private let yard: Yard

    init() async throws {
        var small = BlobOptions()
        (small.frame, small.framesAtOnce, small.inlineLimit) = (64, 3, 16)
        yard = try Yard(small)
        try await yard.makeBucket("b-1")
    }

    @Test(
        "what is put is got, at every size around the limits of storage",
        arguments: [0, 1, 16, 17, 64, 191, 192, 193, 5000])
    func content(_ size: Int) async throws {
        let put = try await yard.put("k", pattern(size)) { $0.contentType = "text/plain" }
        let (output, content) = try await yard.get("k")
        #expect(content == pattern(size) && output.contentLength == size && output.contentType == "text/plain")
        #expect(output.eTag == "\"" + Hexadecimal.string(MD5.hash(pattern(size))) + "\"" && output.eTag == put.eTag)
        #expect(output.contentRange == nil && output.acceptRanges == "bytes")
        guard size > 2 else { return }
        let part = try await yard.get("k") { $0.range = "bytes=1-\(size - 2)" }
        #expect(part.content == Array(pattern(size)[1..<(size - 1)]))
        #expect(part.output.contentRange == "bytes 1-\(size - 2)/\(size)" && part.output.contentLength == size - 2)
    }

    @Test("a checksum that came is kept, another is made where none came, a wrong one is refused")
    func checksums() async throws {
        let plain = try await yard.put("k", pattern(100))
        #expect(plain.checksumCRC64NVME != nil && plain.checksumSHA256 == nil && plain.checksumType == .fullObject)
        let sum = Base64.encode(SHA256.hash(pattern(100)))
        let summed = try await yard.put("k", pattern(100), headers: [("x-amz-checksum-sha256", sum)])
        #expect(summed.checksumSHA256 == sum && summed.checksumCRC64NVME == nil)
        #expect(try await yard.get("k").output.checksumSHA256 == nil)
        #expect(try await yard.get("k") { $0.checksumMode = .enabled }.output.checksumSHA256 == sum)
        #expect(
            try await yard.get("k") { ($0.checksumMode, $0.range) = (.enabled, "bytes=0-1") }.output.checksumSHA256
                == nil)
        for header in ["x-amz-checksum-sha256", "content-md5"] {
            let wrong = Base64.encode(header == "content-md5" ? MD5.hash([1]) : SHA256.hash([1]))
            #expect(await yard.code { try await yard.put("n", [2], headers: [(header, wrong)]) } == "BadDigest")
        }
        #expect(
            await yard.code { try await yard.put("n", [2]) { $0.checksumAlgorithm = .init(rawValue: "CRC32") } }
                == "InvalidRequest")
        #expect(await yard.code { _ = try await yard.get("n") } == "NoSuchKey")
    }

    @Test("what cannot be honoured is refused")
    func refusals() async throws {
        #expect(
            await yard.code { try await yard.put("k", []) { $0.aCL = .publicRead } } == "AccessControlListNotSupported")
        #expect(
            await yard.code { try await yard.put("k", []) { $0.grantRead = "id=1" } } == "AccessControlListNotSupported"
        )
        #expect(await yard.code { try await yard.put("k", []) { $0.storageClass = .glacier } } == "NotImplemented")
        #expect(await yard.code { try await yard.put("k", []) { $0.ifNoneMatch = "\"x\"" } } == "NotImplemented")
        #expect(await yard.code { try await yard.put(String(repeating: "k", count: 1025), []) } == "KeyTooLongError")
        #expect(
            await yard.code { try await yard.put("k", []) { $0.metadata = ["a": String(repeating: "b", count: 2048)] } }
                == "MetadataTooLarge")
        #expect(await yard.code { _ = try await yard.get("k") { $0.versionId = "v" } } == "InvalidArgument")
        try await yard.put("k", []) { ($0.aCL, $0.serverSideEncryption) = (.bucketOwnerFullControl, .aes256) }
    }

    @Test("metadata comes back with its names in lower case, and headers as they were sent")
    func metadata() async throws {
        try await yard.put("k", [1]) {
            $0.metadata = ["Colour": "r\u{e9}d", "a": ""]
            ($0.cacheControl, $0.expires, $0.contentEncoding) = ("no-cache", "never", "aws-chunked,gzip")
        }
        let output = try await yard.gate.run(
            HeadObject(objects: yard.objects), .init(bucket: "b-1", key: "k"), yard.root)
        #expect(output.metadata == ["colour": "r\u{e9}d", "a": ""] && output.contentEncoding == "gzip")
        #expect(
            output.cacheControl == "no-cache" && output.expires == "never"
                && output.contentType == "binary/octet-stream")
        #expect(try await yard.get("k") { $0.responseContentType = "text/x" }.output.contentType == "text/x")
    }

    @Test("conditions of reading: not modified, failed, and ranges that cannot be given")
    func readConditions() async throws {
        let tag = try await yard.put("k", pattern(10)).eTag
        #expect(await yard.code { _ = try await yard.get("k") { $0.ifNoneMatch = tag } } == "NotModified")
        #expect(await yard.code { _ = try await yard.get("k") { $0.ifMatch = "\"x\"" } } == "PreconditionFailed")
        #expect(await yard.code { _ = try await yard.get("k") { $0.range = "bytes=10-" } } == "InvalidRange")
        #expect(await yard.code { _ = try await yard.get("k") { $0.partNumber = 2 } } == "InvalidPartNumber")
        let part = try await yard.get("k") { $0.partNumber = 1 }
        #expect(part.content == pattern(10) && part.output.contentRange == "bytes 0-9/10")
    }

    @Test("conditions of writing hold at the moment of the change")
    func writeConditions() async throws {
        let first = try await yard.put("k", [1]) { $0.ifNoneMatch = "*" }
        #expect(await yard.code { try await yard.put("k", [2]) { $0.ifNoneMatch = "*" } } == "PreconditionFailed")
        #expect(await yard.code { try await yard.put("k", [2]) { $0.ifMatch = "\"x\"" } } == "PreconditionFailed")
        #expect(await yard.code { try await yard.put("n", [2]) { $0.ifMatch = "*" } } == "NoSuchKey")
        try await yard.put("k", [3]) { $0.ifMatch = first.eTag }
        #expect(await yard.code { try await yard.delete("k", ifMatch: first.eTag) } == "PreconditionFailed")
        try await yard.delete("k", ifMatch: "*")
        try await yard.delete("k")
        #expect(await yard.code { _ = try await yard.get("k") } == "NoSuchKey")
    }

    @Test("of many writers that want a free key, one gets it")
    func race() async throws {
        let yard = yard
        let won = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    await yard.code { try await yard.put("k", pattern(500 + number)) { $0.ifNoneMatch = "*" } } == nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
        #expect(try yard.store.read { try S3Service.liveBlobs($0) }.count == 1)
        #expect(try strays() == 0)
    }

    @Test("a read during writes gives one whole version or another")
    func readsDuringWrites() async throws {
        let yard = yard
        try await yard.put("k", pattern(400))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for size in 401..<440 { _ = await yard.code { try await yard.put("k", pattern(size)) } }
            }
            for _ in 0..<3 {
                group.addTask {
                    for _ in 0..<30 {
                        let found = await yard.code {
                            let (output, content) = try await yard.get("k")
                            #expect(content == pattern(output.contentLength ?? 0))
                        }
                        #expect(found == nil)
                    }
                }
            }
        }
        #expect(try strays() == 0)
    }

    private func strays() throws -> Int { try yard.strays() }

    @Test("content that no object has can be told from content that one has")
    func sweeping() async throws {
        try await yard.put("k", pattern(500))
        let writer = yard.blobs.writer()
        try await writer.append(pattern(500))
        _ = try await writer.finish()
        #expect(try strays() == 1)
        #expect(try yard.store.read { try S3Service.liveBlobs($0) }.count == 1)
    }

    @Test("what is replaced or deleted leaves no file")
    func leftovers() async throws {
        try await yard.put("k", pattern(500))
        try await yard.put("k", pattern(600))
        try await yard.put("l", pattern(700))
        #expect(
            await yard.code {
                try await yard.put("m", pattern(700), headers: [("content-md5", Base64.encode(MD5.hash([])))])
            } != nil)
        try await yard.delete("l")
        #expect(try yard.store.read { try S3Service.liveBlobs($0) }.count == 1)
        #expect(try strays() == 0)
        #expect(try await yard.get("k").content == pattern(600))
        let usage = try yard.store.read { try S3Service.usage($0) }
        #expect(usage.map(\.objects) == [1] && usage.map(\.bytes) == [600])
    }

    @Test("a missing key is told only to those who may list")
    func absence() async throws {
        let reader = try await yard.user(
            "reader",
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-1/*"}]}"#
        )
        let lister = try await yard.user(
            "lister",
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"*"}]}"#
        )
        #expect(await yard.code { _ = try await yard.get("k", as: reader) } == "AccessDenied")
        #expect(await yard.code { _ = try await yard.get("k", as: lister) } == "NoSuchKey")
        let head = S3.HeadObject.Input(bucket: "b-1", key: "k")
        #expect(
            await yard.code { _ = try await yard.gate.run(HeadObject(objects: yard.objects), head, reader) }
                == "AccessDenied")
    }

    @Test("a prefix in a condition is the prefix asked for")
    func listConditions() async throws {
        let lister = try await yard.user(
            "lister",
            #"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",
            "Condition":{"StringEquals":{"s3:prefix":"home/"},"NumericLessThanEquals":{"s3:max-keys":"10"}}}]}
            """#)
        let operation = ListObjectsV2(buckets: yard.buckets)
        _ = try await yard.gate.run(operation, .init(bucket: "b-1", maxKeys: 10, prefix: "home/"), lister)
        for input in [S3.ListObjectsV2.Input(bucket: "b-1"), .init(bucket: "b-1", maxKeys: 11, prefix: "home/")] {
            #expect(await yard.code { _ = try await yard.gate.run(operation, input, lister) } == "AccessDenied")
        }
    }

    @Test("another account needs the leave of both sides")
    func acrossAccounts() async throws {
        try await yard.put("k", [7])
        let guest = try await yard.user(
            "guest", #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#,
            of: Yard.other)
        #expect(await yard.code { _ = try await yard.get("k", as: guest) } == "AccessDenied")
        try await yard.setPolicy(
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":["s3:GetObject","s3:PutObject","s3:PutBucketPolicy"],"Resource":["arn:aws:s3:::b-1","arn:aws:s3:::b-1/*"]}]}"#,
            on: "b-1")
        #expect(try await yard.get("k", as: guest).content == [7])
        try await yard.put("g", [8], as: guest)
        #expect(try await yard.get("g").content == [8])
        #expect(await yard.code { try await yard.setPolicy("{}", on: "b-1", as: guest) } == "MethodNotAllowed")
    }

    @Test("who does not confirm to be locked out is not")
    func lockOut() async throws {
        let admin = try await yard.user(
            "admin", #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#)
        func denying(_ principal: String) -> String {
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":\#(principal),"#
                + #""Action":"s3:PutBucketPolicy","Resource":"arn:aws:s3:::b-1"}]}"#
        }
        let byName = denying(#"{"AWS":"arn:aws:iam::\#(Yard.account):user/admin"}"#)
        for policy in [denying(#""*""#), byName] {
            #expect(
                await yard.code { try await yard.setPolicy(policy, on: "b-1", as: admin, confirming: false) }
                    == "AccessDenied")
        }
        #expect(
            await yard.code { try await yard.setPolicy("{", on: "b-1", as: admin, confirming: false) }
                == "MalformedPolicy")
        // One that shuts out another, and the root user, whom no bucket policy shuts out.
        try await yard.setPolicy(
            denying(#"{"AWS":"\#(Yard.other)"}"#), on: "b-1", as: admin, confirming: false)
        try await yard.setPolicy(denying(#""*""#), on: "b-1", confirming: false)
        #expect(await yard.code { try await yard.setPolicy(byName, on: "b-1", as: admin) } == "AccessDenied")
        // Whoever says nothing, or confirms, is locked out.
        for confirming in [nil, true] {
            try await yard.setPolicy(denying(#"{"AWS":"\#(Yard.other)"}"#), on: "b-1")
            try await yard.setPolicy(byName, on: "b-1", as: admin, confirming: confirming)
            #expect(await yard.code { try await yard.setPolicy(byName, on: "b-1", as: admin) } == "AccessDenied")
        }
    }

    @Test("a batch deletes what is allowed and tells of the rest")
    func batches() async throws {
        for key in ["a/1", "a/2", "b/1"] { try await yard.put(key, pattern(100)) }
        let eraser = try await yard.user(
            "eraser",
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::b-1/a/*"}]}"#
        )
        let keys = ["a/1", "b/1", "a/none", "a/2"].map { S3.ObjectIdentifier(key: $0) }
        var input = S3.DeleteObjects.Input(bucket: "b-1", delete: S3.Delete(objects: keys))
        let operation = DeleteObjects(objects: yard.objects)
        let output = try await yard.gate.run(operation, input, eraser)
        #expect(output.deleted?.map(\.key) == ["a/1", "a/none", "a/2"])
        #expect(output.errors?.map(\.key) == ["b/1"] && output.errors?.first?.code == "AccessDenied")
        input.delete.quiet = true
        let quiet = try await yard.gate.run(operation, input, eraser)
        #expect(quiet.deleted == nil && quiet.errors?.count == 1)
        input.delete.objects = Array(repeating: S3.ObjectIdentifier(key: "x"), count: 1001)
        let long = input
        #expect(await yard.code { _ = try await yard.gate.run(operation, long, eraser) } == "MalformedXML")
        #expect(try await yard.get("b/1").content == pattern(100))
        #expect(try strays() == 0)
    }

    @Test("records of objects are data events; those of nobody go to the bucket's owner")
    func records() async throws {
        try await yard.put("k", pattern(50))
        let put = try await yard.records(1)[0]
        #expect(put.contains(#""eventName":"PutObject""#) && put.contains(#""eventCategory":"Data""#))
        #expect(put.contains(#""bytesTransferredIn":50"#) && put.contains(#""SSEApplied":"Default_SSE_S3""#))
        #expect(
            put.contains(
                #""resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b-1/k"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b-1"}]"#
            ))
        #expect(await yard.code { _ = try await yard.get("k", as: yard.nobody) } == "AccessDenied")
        let denied = try await yard.records(1)[0]
        #expect(denied.contains(#""eventName":"GetObject""#) && denied.contains(#""errorCode":"AccessDenied""#))
        #expect(denied.contains(#""recipientAccountId":"111122223333""#) && denied.contains(#""key":"k""#))
        _ = try await yard.gate.run(ListObjectsV2(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        #expect(try await yard.records(1)[0].contains(#""eventName":"ListObjects""#))
        #expect(try await yard.records(1)[0].contains(#""list-type":"2""#))
    }
}
