import Blobs
import Crypto
import Foundation
import Testing

/// Blobs under keys of somebody else's, alone or beneath the store's.
@Suite struct CoverTests {
    private func key(_ byte: UInt8) -> BlobKey { BlobKey(SecretBytes([UInt8](repeating: byte, count: 32))) }

    private func write(_ content: [UInt8], _ yard: Yard, _ cover: BlobCover) async throws -> BlobReference {
        let writer = yard.store.writer(cover)
        try await writer.append(content)
        return try await writer.finish()
    }

    private func read(
        _ reference: BlobReference, _ yard: Yard, _ cover: BlobCover, _ range: Range<Int64>? = nil
    ) async throws -> [UInt8] {
        let reader = try await yard.store.reader(reference, range: range, cover)
        var content: [UInt8] = []
        while let piece = try await reader.next() { content += piece }
        return content
    }

    @Test("content comes back whole and in parts under the same cover, and under no other")
    func covers() async throws {
        let yard = try Yard()
        for count in [0, 1, 4, 5, 16, 47, 48, 49, 97] {
            for (cover, others) in [
                (BlobCover.key(key(1)), [.store, .twice(key(1)), .key(key(2))]),
                (.twice(key(1)), [.store, .key(key(1)), .twice(key(2))]),
                (.store, [.key(key(1)), .twice(key(1))]),
            ] as [(BlobCover, [BlobCover])] {
                let reference = try await write(pattern(count), yard, cover)
                #expect(try await read(reference, yard, cover) == pattern(count))
                #expect(try BlobReference(decoding: reference.encoded) == reference)
                if count > 3 {
                    let part = try await read(reference, yard, cover, 2..<Int64(count - 1))
                    #expect(part == Array(pattern(count)[2..<count - 1]))
                }
                for other in others {
                    await #expect(throws: BlobError.self) { try await read(reference, yard, other) }
                }
            }
        }
    }

    @Test("a blob that is moved to another cover keeps its file and content, and is read by nothing else")
    func moves() async throws {
        let yard = try Yard()
        for count in [0, 1, 16, 47, 97] {
            let old = try await write(pattern(count), yard, .store)
            let files = yard.files()
            let new = try old.moved(from: .store, to: .key(key(1)), in: yard.store)
            #expect((new.id, new.length) == (old.id, old.length))
            #expect(yard.files() == files)
            #expect(try await read(new, yard, .key(key(1))) == pattern(count))
            for other in [BlobCover.store, .key(key(2))] {
                await #expect(throws: BlobError.self) { try await read(new, yard, other) }
                #expect(throws: BlobError.self) { try new.moved(from: other, to: .key(key(3)), in: yard.store) }
            }
            #expect(throws: BlobError.self) { try old.moved(from: .store, to: .twice(key(1)), in: yard.store) }
            let back = try new.moved(from: .key(key(1)), to: .store, in: yard.store)
            #expect(try await read(back, yard, .store) == pattern(count))
        }
    }

    @Test("two layers are two: every flipped byte is found, either tag's included, and the store's key is not enough")
    func twoLayers() async throws {
        let yard = try Yard()
        let reference = try await write(pattern(100), yard, .twice(key(1)))
        let file = URL(fileURLWithPath: try #require(yard.files().first))
        let whole = try Data(contentsOf: file)
        #expect(whole.count == 100 + 7 * 32)
        for index in whole.indices {
            var changed = whole
            changed[index] ^= 0x10
            try changed.write(to: file)
            await #expect(throws: BlobError.corrupt(reference.id, frame: Int64(index / 48))) {
                try await read(reference, yard, .twice(key(1)))
            }
        }
    }

    @Test("a note opens beside its blob under its key, and nowhere else")
    func notes() async throws {
        let yard = try Yard()
        let (one, two) = (try await yard.write([1]), try await yard.write([1]))
        let sealed = key(1).seal([1, 2, 3], beside: one.id)
        #expect(try key(1).open(sealed, beside: one.id) == [1, 2, 3])
        #expect(throws: BlobError.invalidReference) { try key(1).open(sealed, beside: two.id) }
        #expect(throws: BlobError.invalidReference) { try key(2).open(sealed, beside: one.id) }
    }
}
