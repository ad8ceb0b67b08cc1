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

    @Test("a content under a key of others is looked at as far as that goes")
    func others() async throws {
        try await yard.put("k", [UInt8](repeating: 7, count: 500), as: yard.secure) {
            $0.serverSideEncryption = .awsKms
        }
        try await pass()
        #expect(try damaged == [])
        let id = try #require(try yard.store.read { try S3Service.liveBlobs($0) }.first)
        try FileManager.default.removeItem(atPath: #require(yard.blobs.file(of: id)).path)
        yard.clock.advance(by: .seconds(7 * 24 * 3600))
        _ = try await scrubber.tend(yard.clock.now())
        try await pass()
        #expect(try damaged == ["k"])
    }
}
