import Blobs
import Foundation
import Testing

@Suite struct LifeTests {
    @Test("an abandoned or forgotten writer leaves no file")
    func abandon() async throws {
        let yard = try Yard()
        let writer = yard.store.writer()
        try await writer.append(pattern(100))
        #expect(yard.files().count == 1)
        await writer.abandon()
        #expect(yard.files().isEmpty)
        await #expect(throws: BlobError.ended) { try await writer.append([1]) }
        await #expect(throws: BlobError.ended) { try await writer.finish() }
        try await forget(yard)
        #expect(yard.files().isEmpty)
    }

    private func forget(_ yard: Yard) async throws {
        let writer = yard.store.writer()
        try await writer.append(pattern(100))
    }

    @Test("what a crash left is swept: staged files at the start, unreachable blobs by the sweep, live ones never")
    func crashLeftovers() async throws {
        let yard = try Yard()
        let (live, lost) = (try await yard.write(pattern(50)), try await yard.write(pattern(60)))
        let staged = yard.path + "/tmp/00112233445566778899aabbccddeeff"
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: staged))
        // A crash lies in the past; the file system's clock is too coarse to show that by itself.
        for file in yard.files() {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: file)
        }
        let next = try yard.reopened()
        #expect(!FileManager.default.fileExists(atPath: staged))
        #expect(try await next.sweep { $0 == live.id } == 1)
        #expect(try await next.content(live) == pattern(50))
        await #expect(throws: BlobError.missing(lost.id)) { try await next.content(lost) }
    }

    @Test("the sweep leaves blobs of this process alone, committed or not")
    func sweepBesideWrites() async throws {
        let yard = try Yard()
        let reference = try await yard.write(pattern(50))
        #expect(try await yard.store.sweep { _ in false } == 0)
        #expect(try await yard.store.content(reference) == pattern(50))
    }

    @Test("the blobs of one content that go in several steps all go with the last who holds them")
    func steps() async throws {
        let yard = try Yard()
        let (one, two) = (try await yard.write(pattern(50)), try await yard.write(pattern(60)))
        var held = yard.store.hold(one.id)
        try await yard.store.delete([one], of: one.id)
        try await yard.store.delete([two], of: one.id)
        #expect(held != nil && yard.files().count == 2)
        held = nil
        for _ in 0..<100_000 where !yard.files().isEmpty { _ = try await yard.store.run { true } }
        #expect(yard.files().isEmpty)
    }
}
