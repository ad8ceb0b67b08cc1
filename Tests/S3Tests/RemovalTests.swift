import Blobs
@testable import Door
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

/// Defends removals of many parts: a request removes few of them, nobody finds the rest, their keys go, and the chore ends what
/// a crash cut short.
@Suite struct RemovalTests {
    private let yard: Yard

    init() async throws {
        var options = BlobOptions()
        (options.frame, options.inlineLimit) = (64, 32)
        yard = try Yard(options)
        try await yard.makeBucket("b-1")
    }

    private func count(_ sql: StaticString) throws -> Int64 { try yard.store.read { try $0.number(sql) } }

    /// An upload with parts that have files.
    private func upload(
        _ key: String, parts: Int, _ change: (inout S3.CreateMultipartUpload.Input) -> Void = { _ in }
    ) async throws -> S3.CreateMultipartUpload.Output {
        let upload = try await yard.begin(key, as: yard.secure, change)
        for number in 1...parts {
            _ = try await yard.part(number, [UInt8](repeating: 7, count: 40), of: upload, as: yard.secure)
        }
        return upload
    }

    /// An object with as many parts: after the first, only their rows are there.
    private func object(_ key: String, parts: Int) async throws {
        let upload = try await yard.begin(key)
        let tag = try await yard.part(1, [1], of: upload).eTag
        try await yard.complete(upload, [(1, tag)])
        try await yard.store.write { transaction in
            try transaction.run(
                """
                WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                INSERT INTO s3_part (content, number, reference, etag, checksum, modified)
                SELECT p.content, n.i, p.reference, p.etag, p.checksum, p.modified
                FROM s3_part p, n WHERE p.number = 1 AND p.content = (SELECT max(content) FROM s3_upload)
                """, .number(parts))
        }
    }

    /// As if the process ended after each transaction. - Returns: how many there were.
    @discardableResult
    private func tend(parts: Int = 2000) async throws -> Int {
        for turn in 0..<200 {
            let chore = ContentRemoval(yard.store, yard.blobs, yard.world.log, parts: parts)
            guard try await chore.tend(yard.clock.now()) else { return turn }
        }
        Issue.record("the removal did not end")
        return 0
    }

    private func expectNothingLeft() throws {
        for left in [
            try count("SELECT count(*) FROM s3_part"), try count("SELECT count(*) FROM s3_content"),
            try count("SELECT count(*) FROM s3_upload"), try count("SELECT count(*) FROM s3_outgoing"),
            try count("SELECT count(*) FROM s3_outgoing_bucket"),
        ] { #expect(left == 0) }
        #expect(try yard.store.read { try S3Service.liveBlobs($0) }.isEmpty && yard.strays() == 0)
    }

    @Test("the key of a long upload goes with the abort, its parts follow, and a backup has none of them")
    func longUpload() async throws {
        let upload = try await upload("k", parts: 130) {
            ($0.serverSideEncryption, $0.sSEKMSKeyId, $0.metadata) = (.awsKms, "alias/one", ["a": "secret"])
        }
        try await yard.abort(upload)
        #expect(await yard.code { try await yard.abort(upload) } == "NoSuchUpload")
        #expect(try await yard.uploads().uploads == nil)
        #expect(try count("SELECT count(*) FROM s3_part") == 130)
        #expect(
            try count("SELECT count(*) FROM s3_content WHERE data_key IS NOT NULL OR metadata IS NOT NULL") == 0)
        var files = 0
        try yard.store.read { try S3Service.eachFile($0) { _, _ in files += 1 } }
        #expect(files == 0)
        // What the next start sweeps is not theirs: the rows still name the files.
        #expect(try yard.strays() == 0)
        #expect(try await tend(parts: 50) == 3)
        try expectNothingLeft()
    }

    @Test("a short upload goes at once")
    func shortUpload() async throws {
        try await yard.abort(try await upload("k", parts: 3))
        try expectNothingLeft()
        #expect(try await tend() == 0)
    }

    @Test("many objects of many parts are removed in one request, and few of their parts with them")
    func manyObjects() async throws {
        for index in 0..<30 { try await object("k\(index)", parts: 90) }
        for index in 30..<33 { try await object("k\(index)", parts: 4000) }
        let all = (0..<33).map { S3.ObjectIdentifier(key: "k\($0)") }
        let before = try count("SELECT count(*) FROM s3_part")
        let output = try await yard.gate.run(
            DeleteObjects(objects: yard.objects), .init(bucket: "b-1", delete: .init(objects: all)), yard.root)
        #expect(output.deleted?.count == 33 && output.errors == nil)
        #expect(try before - count("SELECT count(*) FROM s3_part") <= 2000)
        #expect(try count("SELECT count(*) FROM s3_object") == 0)
        // Nothing of an object that went can be completed again.
        #expect(try count("SELECT count(*) FROM s3_upload") == 0)
        #expect(try await tend() >= 6)
        try expectNothingLeft()
    }

    @Test("a bucket goes before its many uploads, which nobody finds in the next one of its name")
    func manyUploads() async throws {
        let first = try await upload("k", parts: 1)
        for index in 0..<250 { _ = try await upload("k\(index)", parts: 1) }
        _ = try await yard.gate.run(DeleteBucket(objects: yard.objects), .init(bucket: "b-1"), yard.root)
        #expect(try count("SELECT count(*) FROM s3_upload") == 151)
        var files = 0
        try yard.store.read { try S3Service.eachFile($0) { _, _ in files += 1 } }
        #expect(files == 0)
        try await yard.makeBucket("b-1")
        #expect(try await yard.uploads().uploads == nil)
        #expect(await yard.code { _ = try await yard.part(2, [1], of: first) } == "NoSuchUpload")
        #expect(try await tend() == 2)
        try expectNothingLeft()
    }
}
