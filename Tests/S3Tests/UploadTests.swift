import AWS
import Authentication
import Blobs
import Crypto
@testable import Door
import Formats
import HTTP
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

@Suite struct UploadTests {
    private let yard: Yard
    private let first = large(Yard.partSize + 3)
    private let last = Array("the end".utf8)

    init() async throws {
        yard = try Yard()
        try await yard.makeBucket("b-1")
    }

    private var whole: [UInt8] { first + last }

    @Test("an object of parts is the parts one after the other, whole, by ranges and by their numbers")
    func content() async throws {
        let upload = try await yard.begin("k") { ($0.contentType, $0.metadata) = ("text/x", ["a": "b"]) }
        #expect(upload.checksumAlgorithm == nil && upload.serverSideEncryption == .aes256)
        // Part 2 first, and part 1 twice: the last one counts.
        let second = try await yard.part(2, last, of: upload)
        _ = try await yard.part(1, pattern(100), of: upload)
        let tag = try await yard.part(1, first, of: upload)
        #expect(tag.eTag == "\"\(Hexadecimal.string(MD5.hash(first)))\"" && tag.checksumCRC64NVME == nil)
        #expect(await yard.code { _ = try await yard.get("k") } == "NoSuchKey")
        let done = try await yard.complete(upload, [(1, tag.eTag), (2, second.eTag)])
        let expected = Hexadecimal.string(MD5.hash(MD5.hash(first) + MD5.hash(last)))
        #expect(done.eTag == "\"\(expected)-2\"" && done.checksumType == .fullObject)
        #expect(done.location == "http://s3.example/b-1/k" && done.bucket == "b-1" && done.key == "k")
        var crc = CRC64NVME()
        crc.update(whole)
        #expect(done.checksumCRC64NVME == Base64.encode(crc.bytes))
        let (output, content) = try await yard.get("k") { $0.checksumMode = .enabled }
        #expect(areSame(content, whole) && output.contentLength == whole.count && output.eTag == done.eTag)
        #expect(output.contentType == "text/x" && output.metadata == ["a": "b"] && output.partsCount == nil)
        #expect(output.checksumCRC64NVME == done.checksumCRC64NVME && output.checksumType == .fullObject)
        try await ranges(around: first.count)
        try await byNumber()
        #expect(try yard.strays() == 0)
    }

    private func ranges(around border: Int) async throws {
        for (from, to) in [
            (0, 9), (border - 2, border + 1), (border - 1, border - 1), (border, border), (10, whole.count - 1),
        ] {
            let (output, content) = try await yard.get("k") { $0.range = "bytes=\(from)-\(to)" }
            #expect(
                areSame(content, Array(whole[from...to])) && output.contentRange == "bytes \(from)-\(to)/\(whole.count)"
            )
        }
        #expect(try await yard.get("k") { $0.range = "bytes=-3" }.content == Array(whole.suffix(3)))
    }

    private func byNumber() async throws {
        let (output, content) = try await yard.get("k") { ($0.partNumber, $0.checksumMode) = (2, .enabled) }
        #expect(content == last && output.partsCount == 2 && output.checksumCRC64NVME != nil)
        #expect(output.contentRange == "bytes \(first.count)-\(whole.count - 1)/\(whole.count)")
        let head = try await yard.gate.run(
            HeadObject(objects: yard.objects), .init(bucket: "b-1", key: "k", partNumber: 1), yard.root)
        #expect(head.contentLength == first.count && head.partsCount == 2)
        #expect(await yard.code { _ = try await yard.get("k") { $0.partNumber = 3 } } == "InvalidPartNumber")
        let record = try #require(try await yard.records(4).first { $0.contains(#""partNumber":"2""#) })
        #expect(record.contains(#""bytesTransferredOut":7"#))
    }

    @Test("what a request to complete must keep to")
    func completionRules() async throws {
        let upload = try await yard.begin("k")
        let small = try await yard.part(1, [1], of: upload).eTag
        let other = try await yard.part(2, [2], of: upload).eTag
        func code(_ parts: [(Int, String?)], _ change: (inout S3.CompleteMultipartUpload.Input) -> Void = { _ in })
            async
            -> String?
        {
            await yard.code { try await yard.complete(upload, parts, change) }
        }
        #expect(await code([]) == "MalformedXML")
        #expect(await code([(1, nil)]) == "MalformedXML")
        #expect(await code([(1, small)]) { $0.multipartUpload = nil } == "MalformedXML")
        #expect(await code([(2, other), (1, small)]) == "InvalidPartOrder")
        #expect(await code([(1, small), (2, other), (1, small)]) == "InvalidPartOrder")
        #expect(await code([(1, other)]) == "InvalidPart")
        #expect(await code([(3, small)]) == "InvalidPart")
        #expect(await code([(0, small)]) == "InvalidArgument")
        #expect(await code([(1, small), (2, other)]) == "EntityTooSmall")
        #expect(await code([(1, small)]) { $0.mpuObjectSize = 2 } == "InvalidRequest")
        #expect(await code([(1, small)]) { $0.checksumCRC64NVME = "AAAAAAAAAAA=" } == "BadDigest")
        #expect(await code([(1, small)]) { $0.checksumSHA1 = "x" } == "InvalidRequest")
        #expect(await code([(1, small)]) { $0.checksumType = .composite } == "InvalidRequest")
        #expect(await code([(1, small)]) { $0.uploadId = "x" } == "NoSuchUpload")
        #expect(await code([(1, small)]) { $0.key = "other" } == "NoSuchUpload")
        // None of it has ended the upload. A tag may come without its quotes, and a part may stay away.
        let plain = small?.replacing("\"", with: "")
        try await yard.complete(upload, [(1, "sent before"), (1, plain)]) { $0.mpuObjectSize = 1 }
        #expect(try await yard.get("k").content == [1])
        #expect(try yard.strays() == 0)
    }

    @Test("an upload is completed again as long as its object is there, and with the same parts only")
    func repeatedCompletion() async throws {
        let upload = try await yard.begin("k")
        let (one, two) = (try await yard.part(1, first, of: upload).eTag, try await yard.part(2, last, of: upload).eTag)
        let done = try await yard.complete(upload, [(1, one), (2, two)]) { $0.ifNoneMatch = "*" }
        let again = try await yard.complete(upload, [(1, one), (2, two)]) { $0.ifNoneMatch = "*" }
        #expect(again.eTag == done.eTag && again.checksumCRC64NVME == done.checksumCRC64NVME)
        #expect(await yard.code { try await yard.complete(upload, [(1, one)]) } == "NoSuchUpload")
        #expect(await yard.code { _ = try await yard.part(3, [1], of: upload) } == "NoSuchUpload")
        #expect(await yard.code { _ = try await yard.parts(of: upload) } == "NoSuchUpload")
        #expect(await yard.code { try await yard.abort(upload) } == "NoSuchUpload")
        #expect(try await yard.uploads().uploads == nil)
        try await yard.put("k", [1])
        #expect(await yard.code { try await yard.complete(upload, [(1, one), (2, two)]) } == "NoSuchUpload")
        #expect(try await yard.get("k").content == [1])
        #expect(try yard.store.read { try S3Service.liveBlobs($0) }.isEmpty && yard.strays() == 0)
    }

    @Test("conditions hold at the moment of the completion")
    func conditions() async throws {
        let old = try await yard.put("k", [1])
        let upload = try await yard.begin("k")
        let tag = try await yard.part(1, last, of: upload).eTag
        func code(_ change: (inout S3.CompleteMultipartUpload.Input) -> Void) async -> String? {
            await yard.code { try await yard.complete(upload, [(1, tag)], change) }
        }
        #expect(await code { $0.ifNoneMatch = "*" } == "PreconditionFailed")
        #expect(await code { $0.ifMatch = "\"x\"" } == "PreconditionFailed")
        #expect(await code { $0.ifMatch = old.eTag } == nil)
        #expect(try await yard.get("k").content == last)
        let made = try await yard.get("k").output.eTag
        #expect(await yard.code { _ = try await yard.get("k") { $0.ifNoneMatch = made } } == "NotModified")
    }

    @Test("an upload that is aborted leaves nothing, also where a part comes at that moment")
    func aborting() async throws {
        let yard = yard
        let upload = try await yard.begin("k")
        _ = try await yard.part(1, first, of: upload)
        #expect(
            await yard.code {
                _ = try await yard.part(2, first, of: upload, meanwhile: { try await yard.abort(upload) })
            }
                == "NoSuchUpload")
        #expect(await yard.code { try await yard.abort(upload) } == "NoSuchUpload")
        #expect(await yard.code { try await yard.complete(upload, [(1, "x")]) } == "NoSuchUpload")
        #expect(try yard.store.read { try S3Service.liveBlobs($0) }.isEmpty && yard.strays() == 0)
        let rows = try yard.store.read { try $0.number("SELECT count(*) FROM s3_content") }
        #expect(rows == 0)
    }

    @Test("a bucket with uploads is removed with them, one with objects is not")
    func removedBucket() async throws {
        let upload = try await yard.begin("k")
        let tag = try await yard.part(1, first, of: upload).eTag
        let delete = DeleteBucket(objects: yard.objects)
        let other = try await yard.begin("l")
        try await yard.complete(other, [(1, try await yard.part(1, [1], of: other).eTag)])
        #expect(
            await yard.code { _ = try await yard.gate.run(delete, .init(bucket: "b-1"), yard.root) } == "BucketNotEmpty"
        )
        try await yard.delete("l")
        _ = try await yard.gate.run(delete, .init(bucket: "b-1"), yard.root)
        #expect(try yard.store.read { try S3Service.liveBlobs($0) }.isEmpty && yard.strays() == 0)
        try await yard.makeBucket("b-1")
        #expect(await yard.code { try await yard.complete(upload, [(1, tag)]) } == "NoSuchUpload")
    }

    @Test("a reading that has begun goes on while the object is replaced, and its files go afterwards")
    func readingGoesOn() async throws {
        try await yard.compose("k", first, last)
        let output = try await yard.gate.run(
            GetObject(objects: yard.objects), .init(bucket: "b-1", key: "k"), yard.root)
        try await yard.put("k", [1])
        var content: [UInt8] = []
        guard case .response(.stream(_, let stream)) = output.body else { throw StorageError.closed }
        while let piece = try await stream.next() { content += piece }
        #expect(areSame(content, whole))
        #expect(try await yard.get("k").content == [1])
    }

    @Test("part numbers, checks of a part, and limits")
    func partRules() async throws {
        let upload = try await yard.begin("k")
        for number in [0, -1, 10_001] {
            #expect(await yard.code { _ = try await yard.part(number, [1], of: upload) } == "InvalidArgument")
        }
        _ = try await yard.part(10_000, [1], of: upload)
        let wrong = [("content-md5", Base64.encode(MD5.hash([9])))]
        #expect(await yard.code { _ = try await yard.part(1, [1], of: upload, headers: wrong) } == "BadDigest")
        #expect(await yard.code { _ = try await yard.begin("k") { $0.storageClass = .glacier } } == "NotImplemented")
        #expect(
            await yard.code { _ = try await yard.begin("k") { $0.aCL = .publicRead } }
                == "AccessControlListNotSupported")
        let parts = try await yard.parts(of: upload)
        #expect(parts.parts?.map(\.partNumber) == [10_000] && parts.parts?.first?.size == 1)
    }

    @Test("a list of parts is given in pages")
    func partPages() async throws {
        let upload = try await yard.begin("k")
        #expect(try await yard.parts(of: upload).nextPartNumberMarker == 0)
        for number in [2, 3, 5, 9] { _ = try await yard.part(number, [UInt8(number)], of: upload) }
        var (seen, marker): ([Int], Int) = ([], 0)
        for _ in 0..<5 {
            let page = try await yard.parts(of: upload) { ($0.maxParts, $0.partNumberMarker) = (3, marker) }
            seen += page.parts?.compactMap(\.partNumber) ?? []
            #expect(page.partNumberMarker == marker && page.maxParts == 3)
            marker = page.nextPartNumberMarker ?? 0
            guard page.isTruncated == true else { break }
        }
        #expect(seen == [2, 3, 5, 9])
        let all = try await yard.parts(of: upload)
        #expect(all.initiator?.iD == all.owner?.iD && all.storageClass == .standard && all.isTruncated == false)
    }

    @Test("uploads are listed by key and then by time, in pages, folded and by prefix")
    func uploadPages() async throws {
        var ids: [String: [String]] = [:]
        for key in ["b", "a/2", "a/1", "a/1", "c", "a/1"] {
            ids[key, default: []].append(try await yard.begin(key).uploadId ?? "")
            yard.clock.advance(by: .milliseconds(5))
        }
        let expected = ["a/1", "a/2", "b", "c"].flatMap { key in (ids[key] ?? []).map { key + " " + $0 } }
        for limit in 1...7 {
            var (seen, key, id): ([String], String?, String?) = ([], nil, nil)
            for _ in 0..<7 {
                let page = try await yard.uploads {
                    ($0.maxUploads, $0.keyMarker, $0.uploadIdMarker) = (limit, key, id)
                }
                seen += (page.uploads ?? []).map { "\($0.key ?? "") \($0.uploadId ?? "")" }
                guard page.isTruncated == true else { break }
                (key, id) = (page.nextKeyMarker, page.nextUploadIdMarker)
            }
            #expect(seen == expected, "pages of \(limit)")
        }
        let folded = try await yard.uploads { ($0.delimiter, $0.maxUploads) = ("/", 1) }
        #expect(folded.commonPrefixes?.map(\.prefix) == ["a/"] && folded.isTruncated == true)
        let rest = try await yard.uploads {
            ($0.delimiter, $0.keyMarker, $0.uploadIdMarker) = ("/", folded.nextKeyMarker, folded.nextUploadIdMarker)
        }
        #expect(rest.uploads?.map(\.key) == ["b", "c"] && rest.commonPrefixes == nil)
        #expect(try await yard.uploads { $0.prefix = "a/2" }.uploads?.count == 1)
        #expect(try await yard.uploads { $0.keyMarker = "a/1" }.uploads?.map(\.key) == ["a/2", "b", "c"])
        #expect(
            try await yard.uploads { ($0.keyMarker, $0.uploadIdMarker) = ("a/1", ids["a/1"]?[1]) }.uploads?.count == 4)
        #expect(
            await yard.code { _ = try await yard.uploads { ($0.keyMarker, $0.uploadIdMarker) = ("b", "x") } }
                == "InvalidArgument")
    }

    @Test("each step needs its permission, and what the beginning asked for is seen by the policies of every step")
    func permissions() async throws {
        let resource = "arn:aws:s3:::b-1/*"
        let writer = try await yard.user("writer", allow(#""s3:PutObject""#, on: resource))
        let nobody = try await yard.user("nobody")
        let upload = try await yard.begin("k", as: writer)
        let tag = try await yard.part(1, [1], of: upload, as: writer).eTag
        #expect(await yard.code { _ = try await yard.begin("k", as: nobody) } == "AccessDenied")
        #expect(await yard.code { _ = try await yard.part(1, [1], of: upload, as: nobody) } == "AccessDenied")
        #expect(await yard.code { try await yard.complete(upload, [(1, tag)], as: nobody) } == "AccessDenied")
        for facts in [writer, nobody] {
            #expect(await yard.code { _ = try await yard.uploads(as: facts) } == "AccessDenied")
        }
        let second = try await yard.user("second", allow(#""s3:PutObject""#, on: resource))
        for facts in [second, nobody] {
            #expect(await yard.code { try await yard.abort(upload, as: facts) } == "AccessDenied")
            #expect(await yard.code { _ = try await yard.parts(of: upload, as: facts) } == "AccessDenied")
        }
        // Who began it needs no leave of its own to look at it and to end it.
        #expect(try await yard.parts(of: upload, as: writer).parts?.count == 1)
        try await yard.abort(try await yard.begin("k2", as: writer), as: writer)
        let lister = try await yard.user(
            "lister",
            allow(#""s3:ListMultipartUploadParts","s3:ListBucketMultipartUploads","s3:AbortMultipartUpload""#, on: "*"))
        #expect(
            try await yard.uploads(as: lister).uploads?.first?.initiator?.iD == "arn:aws:iam::111122223333:user/writer")
        #expect(try await yard.parts(of: upload, as: lister).parts?.count == 1)
        try await yard.abort(upload, as: lister)
        #expect(await yard.code { _ = try await yard.begin("k", as: writer) { $0.tagging = "a=b" } } == "AccessDenied")
        let strict = try await yard.user(
            "strict",
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control","s3:x-amz-server-side-encryption":"AES256"}}}]}"#
        )
        #expect(await yard.code { _ = try await yard.begin("k", as: strict) } == "AccessDenied")
        let good = try await yard.begin("k", as: strict) {
            ($0.aCL, $0.serverSideEncryption) = (.bucketOwnerFullControl, .aes256)
        }
        try await yard.complete(good, [(1, try await yard.part(1, [1], of: good, as: strict).eTag)], as: strict)
    }

    @Test("tags that the beginning gives are the object's")
    func tags() async throws {
        let upload = try await yard.begin("k") { $0.tagging = "a=b&c=d" }
        try await yard.complete(upload, [(1, try await yard.part(1, [1], of: upload).eTag)])
        #expect(try await yard.get("k").output.tagCount == 2)
    }

    @Test("the records are data events of the key and its bucket")
    func records() async throws {
        let upload = try await yard.begin("k")
        let tag = try await yard.part(1, last, of: upload).eTag
        try await yard.complete(upload, [(1, tag)])
        let texts = try await yard.records(3)
        let id = upload.uploadId ?? "?"
        #expect(
            texts[0].contains(#""eventName":"CompleteMultipartUpload""#) && texts[0].contains(#""uploadId":"\#(id)""#))
        #expect(texts[1].contains(#""eventName":"UploadPart""#) && texts[1].contains(#""partNumber":"1""#))
        #expect(texts[1].contains(#""bytesTransferredIn":7"#) && texts[2].contains(#""uploads":"""#))
        for text in texts {
            for part in [
                #""eventCategory":"Data""#, #""SSEApplied":"Default_SSE_S3""#,
                #""resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b-1/k"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b-1"}]"#,
            ] { #expect(text.contains(part), "\(part) in \(text)") }
        }
    }

    @Test("ten thousand parts are completed in rows alone, and read again")
    func manyParts() async throws {
        let upload = try await yard.begin("k")
        let id = try yard.store.read {
            try Upload.find(
                upload.uploadId ?? "", to: "k",
                in: #require(Bucket.list(of: Yard.account, prefix: "", after: "", location: nil, limit: 1, $0).first),
                $0)
        }
        let content = try #require(id).content
        let writer = yard.blobs.writer()
        try await writer.append([7])
        let one = try await writer.finish()
        // Rows as of parts of the least size: nothing of them is read before the object is.
        let large = try BlobReference(
            decoding: [2] + one.id.bytes + [0, 0, 0, 0, 0, 80, 0, 0] + [0, 1, 0, 0] + [UInt8](repeating: 1, count: 60))
        let tags = (1...10_000).map { MD5.hash(Array("\($0)".utf8)) }
        _ = try await yard.store.write { transaction in
            for (index, tag) in tags.enumerated() {
                try transaction.run(
                    "INSERT INTO s3_part (content, number, blob, reference, etag, checksum, modified) VALUES (?, ?, NULL, ?, ?, ?, 0)",
                    .int(content), .number(index + 1), .blob(large.encoded), .blob(tag),
                    .blob([0, 0, 0, 0, 0, 0, 0, 1]))
            }
        }
        let listed = tags.enumerated().map { ($0 + 1, Optional(EntityTag.text($1))) }
        let clock = ContinuousClock()
        let begun = clock.now
        let done = try await yard.complete(upload, listed)
        #expect(clock.now - begun < .seconds(120), "of an unoptimised build")
        #expect(done.eTag?.hasSuffix("-10000\"") == true)
        let head = try await yard.gate.run(
            HeadObject(objects: yard.objects), .init(bucket: "b-1", key: "k", partNumber: 10_000), yard.root)
        #expect(head.partsCount == 10_000 && head.contentLength == 5 << 20)
        #expect(head.contentRange == "bytes \(9_999 * (5 << 20))-\(10_000 * (5 << 20) - 1)/\(10_000 * (5 << 20))")
    }
}
