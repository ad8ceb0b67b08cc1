import AWS
import Blobs
import Foundation
import S3API
import Storage
import Testing
import World

@testable import S3Service

/// Defends the scrubber: what changed on the disk is found and named, what did not is not, and a pass ends.
@Suite struct ScrubberTests {
    private let yard: Yard
    private let scrubber: Scrubber
    private let told = Lock<[String]>([])

    init() async throws {
        var options = BlobOptions()
        (options.frame, options.inlineLimit) = (64, 32)
        yard = try Yard(options)
        try await yard.makeBucket("b-1")
        let log = Log(
            level: .error, clock: SystemClock(),
            sink: { [told] line in
                told.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
            })
        var limits = ScrubLimits()
        limits.contents = 2
        scrubber = Scrubber(yard.store, yard.blobs, log, limits: limits)
    }

    /// Until the end of a pass.
    private func pass() async throws {
        for _ in 0..<20 {
            #expect(try await !scrubber.tend(yard.clock.now()))
            let isFinished = try yard.store.read { try $0.exists("SELECT 1 FROM s3_scrub WHERE finished IS NOT NULL") }
            if isFinished { return }
        }
        Issue.record("the pass did not end")
    }

    private var damaged: [String] {
        get throws { try yard.store.read { try DamagedContent.all($0).map(\.key) } }
    }

    /// Changes a byte of the object's file.
    private func spoil(_ key: String, at offset: Int) throws {
        let id = try #require(
            try yard.store.read { snapshot in
                try snapshot.first(
                    "SELECT c.blob FROM s3_object o JOIN s3_content c ON c.id = o.content WHERE o.key = ?",
                    .blob(Array(key.utf8))
                ) { BlobID($0.blob(0)) } ?? nil
            })
        let path = try #require(yard.blobs.file(of: id)).path
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: UInt64(offset))
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data([byte ^ 1]))
        try file.close()
    }

    @Test("what is whole is found whole, and what changed is named until it is put again")
    func finding() async throws {
        for (key, size) in [("empty", 0), ("small", 20), ("large", 500), ("other", 300), ("last", 64)] {
            try await yard.put(key, [UInt8](repeating: 7, count: size))
        }
        try await pass()
        #expect(try damaged == [])
        #expect(told.withLock { $0 }.isEmpty)
        try spoil("large", at: 400)
        // Not again before a week is over.
        try await pass()
        #expect(try damaged == [])
        yard.clock.advance(by: .seconds(7 * 24 * 3600))
        _ = try await scrubber.tend(yard.clock.now())
        try await pass()
        #expect(try damaged == ["large"])
        #expect(told.withLock { $0 }.count == 1)
        #expect(told.withLock { $0 }.contains { $0.contains("large") && $0.contains("corrupt at frame 5") })
        try await yard.put("large", [UInt8](repeating: 8, count: 500))
        #expect(try damaged == [])
    }

    @Test(
        "a content of many parts is looked at part by part, and what was found of it stays until all of it was seen again"
    )
    func parts() async throws {
        let upload = try await yard.begin("k")
        for number in 1...5 {
            _ = try await yard.part(number, [UInt8](repeating: UInt8(number), count: 200), of: upload)
        }
        // Two at a time.
        var places: [ScrubPlace] = []
        for _ in 0..<4 {
            #expect(try await !scrubber.tend(yard.clock.now()))
            places.append(try yard.store.read { try ScrubPlace.find($0) })
        }
        #expect(places.map(\.part) == [2, 4, 0, 0])
        #expect(places[1].content != nil && places[1].finished == nil && places[3].finished != nil)
        let last = try #require(
            try yard.store.read { snapshot in
                try snapshot.first("SELECT blob FROM s3_part WHERE number = 5") { BlobID($0.blob(0)) } ?? nil
            })
        try FileManager.default.removeItem(atPath: #require(yard.blobs.file(of: last)).path)
        for pass in 1...2 {
            yard.clock.advance(by: .seconds(7 * 24 * 3600))
            for _ in 0..<2 {
                _ = try await scrubber.tend(yard.clock.now())
                #expect(try damaged == (pass == 1 ? [] : ["k"]))
            }
            try await self.pass()
            #expect(try damaged == ["k"])
            #expect(try yard.store.read { try DamagedContent.count($0) } == 1)
            #expect(told.withLock { $0 }.count == pass)
        }
        try await yard.abort(upload)
        #expect(try yard.store.read { try DamagedContent.count($0) } == 0)
    }

    private func putUnderKMS(_ key: String, _ size: Int) async throws {
        try await yard.put(key, [UInt8](repeating: 7, count: size), as: yard.secure) {
            $0.serverSideEncryption = .awsKms
        }
    }

    /// A pass a week later.
    private func nextPass() async throws {
        yard.clock.advance(by: .seconds(7 * 24 * 3600))
        _ = try await scrubber.tend(yard.clock.now())
        try await pass()
    }

    /// Rewrites the stored reference of an object's content.
    private func rewrite(_ key: String, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]) async throws {
        try await yard.store.write { transaction in
            let found = try transaction.snapshot.first(
                "SELECT c.id, c.reference FROM s3_object o JOIN s3_content c ON c.id = o.content WHERE o.key = ?",
                .blob(Array(key.utf8))
            ) { ($0.int(0), $0.blob(1)) }
            let (id, reference) = try #require(found)
            try transaction.run(
                "UPDATE s3_content SET reference = ? WHERE id = ?", .blob(change(reference)), .int(id))
        }
    }

    private var unchecked: Int64 {
        get throws { try yard.store.read { try Scrubber.unchecked($0) } }
    }

    @Test("a content under a key of others is read as it lies, and what changed is named without its key")
    func others() async throws {
        for (key, size) in [("small", 20), ("large", 500), ("gone", 500), ("good", 500)] {
            try await putUnderKMS(key, size)
        }
        try await pass()
        #expect(try damaged == [])
        #expect(try unchecked == 0)
        try spoil("large", at: 300)
        try await rewrite("small") { $0.dropLast() + [$0[$0.count - 1] ^ 1] }
        let gone = try #require(
            try yard.store.read { snapshot in
                try snapshot.first(
                    "SELECT c.blob FROM s3_object o JOIN s3_content c ON c.id = o.content WHERE o.key = ?",
                    .blob(Array("gone".utf8))
                ) { BlobID($0.blob(0)) } ?? nil
            })
        try FileManager.default.removeItem(atPath: #require(yard.blobs.file(of: gone)).path)
        try await nextPass()
        #expect(try damaged == ["gone", "large", "small"])
        #expect(told.withLock { $0 }.contains { $0.contains("large") && $0.contains("not as it was written") })
        #expect(try unchecked == 0)
    }

    @Test("what a former version wrote is looked at as far as that goes, and counted")
    func former() async throws {
        for key in ["a", "b", "c"] { try await putUnderKMS(key, 500) }
        try await yard.put("own", [UInt8](repeating: 7, count: 500))
        for key in ["a", "b", "own"] {
            try await rewrite(key) { [$0[0] - 2] + $0[1..<25] + $0[33...] }
        }
        try await pass()
        #expect(try damaged == [])
        #expect(try unchecked == 2)
        try spoil("a", at: 300)
        try spoil("own", at: 300)
        try await putUnderKMS("b", 500)
        try await nextPass()
        #expect(try damaged == ["own"])
        #expect(try unchecked == 1)
    }
}
