import Blobs
import Foundation
import Testing

@Suite struct TamperTests {
    private func corruptFrame(_ yard: Yard, _ reference: BlobReference) async -> Int64? {
        do {
            _ = try await yard.store.content(reference)
            return nil
        } catch BlobError.corrupt(let id, let frame) {
            return id == reference.id ? frame : nil
        } catch { return nil }
    }

    @Test("every cut and every addition is found before the first byte is given")
    func truncation() async throws {
        let yard = try Yard()
        let reference = try await yard.write(pattern(70))
        let file = URL(fileURLWithPath: try #require(yard.files().first))
        let whole = try Data(contentsOf: file)
        for count in 0..<whole.count {
            try whole.prefix(count).write(to: file)
            await #expect(throws: BlobError.self) { try await yard.store.reader(reference) }
        }
        try (whole + [0]).write(to: file)
        await #expect(throws: BlobError.self) { try await yard.store.reader(reference) }
    }

    @Test("a file cut at a frame's edge is found even if the reference was cut with it")
    func cutWithReference() async throws {
        let yard = try Yard()
        let reference = try await yard.write(pattern(64))
        let file = URL(fileURLWithPath: try #require(yard.files().first))
        try Data(contentsOf: file).prefix(96).write(to: file)
        var encoded = reference.encoded
        encoded[24] = 48
        let shortened = try BlobReference(decoding: encoded)
        #expect(await corruptFrame(yard, shortened) == 2)
    }

    @Test("frames cannot change places")
    func reordering() async throws {
        let yard = try Yard()
        let reference = try await yard.write(pattern(64))
        let file = URL(fileURLWithPath: try #require(yard.files().first))
        let whole = try Data(contentsOf: file)
        let swapped = whole[32..<64] + whole[0..<32] + whole[64...]
        try Data(swapped).write(to: file)
        #expect(await corruptFrame(yard, reference) == 0)
    }

    @Test("an inline blob is sealed too: every changed byte is found")
    func inline() async throws {
        let yard = try Yard()
        let reference = try await yard.write(pattern(4))
        let encoded = reference.encoded
        for index in encoded.indices.dropFirst() where !(25..<33).contains(index) {
            var changed = encoded
            changed[index] ^= 1
            await #expect(throws: BlobError.self) {
                try await yard.store.content(try BlobReference(decoding: changed))
            }
        }
    }

    @Test("two layers are two: every flipped byte is found, either tag's included, and the store's key is not enough")
    func twoLayers() async throws {
        let yard = try Yard()
        let writer = yard.store.writer(.twice(key(1)))
        try await writer.append(pattern(100))
        let reference = try await writer.finish()
        let file = URL(fileURLWithPath: try #require(yard.files().first))
        let whole = try Data(contentsOf: file)
        #expect(whole.count == 100 + 7 * 32)
        for index in whole.indices {
            var changed = whole
            changed[index] ^= 0x10
            try changed.write(to: file)
            await #expect(throws: BlobError.corrupt(reference.id, frame: Int64(index / 48))) {
                let reader = try await yard.store.reader(reference, .twice(key(1)))
                while try await reader.next() != nil {}
            }
        }
    }

    @Test("another blob key opens nothing, and a reference does not fit another blob's file")
    func wrongKey() async throws {
        let yard = try Yard()
        let (first, second) = (try await yard.write(pattern(64)), try await yard.write(pattern(64)))
        let other = try yard.reopened(key: 8)
        await #expect(throws: BlobError.invalidReference) { try await other.content(first) }
        // The id of one with the key of the other.
        var mixed = second.encoded
        mixed.replaceSubrange(37..., with: first.encoded[37...])
        await #expect(throws: BlobError.invalidReference) {
            try await yard.store.content(try BlobReference(decoding: mixed))
        }
    }
}
