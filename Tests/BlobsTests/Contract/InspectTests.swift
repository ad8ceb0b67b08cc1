import Blobs
import Testing

/// Defends: what changed on the disk is found without the key it lies under.
@Suite struct InspectTests {
    private static let covers: [BlobCover] = [.store, .key(key(1)), .twice(key(1))]

    private func inspect(_ bench: Bench, _ reference: BlobReference) async throws -> Bool {
        try await bench.store.inspect(reference) { #expect($0 > 0) }
    }

    @Test("what is as it was written is found so, whatever its length and cover", arguments: BlobEngine.allCases)
    func whole(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        for cover in InspectTests.covers {
            for count in [0, 1, 4, 5, 15, 16, 17, 48, 49, 97, 200] {
                let reference = try await bench.write(pattern(count), chunk: 11, cover)
                #expect(try await inspect(bench, reference))
            }
        }
    }

    @Test("every flipped byte is found, tags included, and so is a cut", arguments: BlobEngine.allCases)
    func flippedBytes(_ engine: BlobEngine) async throws {
        for cover in InspectTests.covers {
            let bench = try Bench(engine)
            let reference = try await bench.write(pattern(100), cover)
            for index in 0..<Int(reference.fileLength ?? 0) {
                try bench.flip(index)
                await #expect(throws: BlobError.changed(reference.id)) { try await inspect(bench, reference) }
                try bench.flip(index)
            }
            #expect(try await inspect(bench, reference))
            try bench.cut()
            await #expect(throws: BlobError.self) { try await inspect(bench, reference) }
        }
    }

    @Test("so is every byte of a content that lies in its reference", arguments: BlobEngine.allCases)
    func inline(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        let reference = try await bench.write(pattern(4), .key(key(1)))
        for index in 25..<reference.encoded.count {
            var changed = reference.encoded
            changed[index] ^= 1
            await #expect(throws: BlobError.changed(reference.id)) {
                try await inspect(bench, BlobReference(decoding: changed))
            }
        }
    }

    @Test("a reference of a former version is read as it was, and told apart", arguments: BlobEngine.allCases)
    func former(_ engine: BlobEngine) async throws {
        for count in [3, 100] {
            let bench = try Bench(engine)
            let written = try await bench.write(pattern(count), .key(key(1)))
            let reference = try written.withoutCheck()
            #expect(reference.encoded.count == written.encoded.count - 8)
            #expect(try BlobReference(decoding: reference.encoded) == reference)
            #expect(try await bench.read(reference, nil, .key(key(1))) == pattern(count))
            #expect(try await !inspect(bench, reference))
            guard !reference.isInline else { continue }
            try bench.cut()
            await #expect(throws: BlobError.self) { try await inspect(bench, reference) }
            try await bench.store.delete(reference)
            await #expect(throws: BlobError.missing(reference.id)) { try await inspect(bench, reference) }
        }
    }

    @Test("who moves to another cover has its check, too", arguments: BlobEngine.allCases)
    func moved(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        for count in [0, 3, 100] {
            let old = try await bench.write(pattern(count))
            let new = try bench.store.moved(old, from: .store, to: .key(key(1)))
            #expect(try await inspect(bench, new))
            // What has a file keeps it, and so the former version's lack of a check.
            let former = try bench.store.moved(try old.withoutCheck(), from: .store, to: .key(key(1)))
            #expect(try await inspect(bench, former) == former.isInline)
        }
    }
}
