import Blobs
import Testing

/// Blobs under keys of somebody else's, alone or beneath the store's.
@Suite struct CoverTests {
    @Test(
        "content comes back whole and in parts under the same cover, and under no other",
        arguments: BlobEngine.allCases)
    func covers(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        for count in [0, 1, 4, 5, 16, 47, 48, 49, 97] {
            for (cover, others) in [
                (BlobCover.key(key(1)), [.store, .twice(key(1)), .key(key(2))]),
                (.twice(key(1)), [.store, .key(key(1)), .twice(key(2))]),
                (.store, [.key(key(1)), .twice(key(1))]),
            ] as [(BlobCover, [BlobCover])] {
                let reference = try await bench.write(pattern(count), cover)
                #expect(try await bench.read(reference, nil, cover) == pattern(count))
                #expect(try BlobReference(decoding: reference.encoded) == reference)
                if count > 3 {
                    let part = try await bench.read(reference, 2..<Int64(count - 1), cover)
                    #expect(part == Array(pattern(count)[2..<count - 1]))
                }
                for other in others {
                    await #expect(throws: BlobError.self) { try await bench.read(reference, nil, other) }
                }
            }
        }
    }

    @Test(
        "a blob that is moved to another cover keeps its file and content, and is read by nothing else",
        arguments: BlobEngine.allCases)
    func moves(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        for count in [0, 1, 16, 47, 97] {
            let old = try await bench.write(pattern(count))
            let kept = bench.count
            let new = try bench.store.moved(old, from: .store, to: .key(key(1)))
            #expect((new.id, new.length, bench.count) == (old.id, old.length, kept))
            #expect(try await bench.read(new, nil, .key(key(1))) == pattern(count))
            for other in [BlobCover.store, .key(key(2))] {
                await #expect(throws: BlobError.self) { try await bench.read(new, nil, other) }
                #expect(throws: BlobError.self) { try bench.store.moved(new, from: other, to: .key(key(3))) }
            }
            #expect(throws: BlobError.self) { try bench.store.moved(old, from: .store, to: .twice(key(1))) }
            let back = try bench.store.moved(new, from: .key(key(1)), to: .store)
            #expect(try await bench.read(back) == pattern(count))
        }
    }

    @Test("a note opens beside its blob under its key, and nowhere else")
    func notes() async throws {
        let bench = try Bench(.memory)
        let (one, two) = (try await bench.write([1]), try await bench.write([1]))
        let sealed = key(1).seal([1, 2, 3], beside: one.id)
        #expect(try key(1).open(sealed, beside: one.id) == [1, 2, 3])
        #expect(throws: BlobError.invalidReference) { try key(1).open(sealed, beside: two.id) }
        #expect(throws: BlobError.invalidReference) { try key(2).open(sealed, beside: one.id) }
    }
}
