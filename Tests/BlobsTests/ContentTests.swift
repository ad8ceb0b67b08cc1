import Blobs
import Crypto
import Foundation
import Testing

@Suite struct ContentTests {
    @Test("content comes back whole, whatever its length and however it was cut")
    func roundTrip() async throws {
        let yard = try Yard()
        for count in 0...120 {
            for chunk in [1, 16, 48, 200] {
                let reference = try await yard.write(pattern(count), chunk: chunk)
                #expect(reference.length == Int64(count))
                #expect(reference.isInline == (count <= 4))
                #expect(try await yard.store.content(reference) == pattern(count))
            }
        }
    }

    @Test("every range of every length gives just its bytes")
    func ranges() async throws {
        let yard = try Yard()
        for count in [0, 1, 4, 5, 15, 16, 17, 32, 47, 48, 49, 64, 65, 97] {
            let content = pattern(count)
            let reference = try await yard.write(content)
            for start in 0...count {
                for end in start...count {
                    let part = try await yard.store.content(reference, Int64(start)..<Int64(end))
                    #expect(part == Array(content[start..<end]))
                }
            }
        }
    }

    @Test("the real sizes work too, and content is not on the disk in clear")
    func realSizes() async throws {
        let yard = try Yard(BlobOptions())
        for count in [4096, 4097, 65_535, 65_536, 65_537, 262_144, 262_145, 1_000_000] {
            let reference = try await yard.write(pattern(count), chunk: 50_000)
            #expect(try await yard.store.content(reference) == pattern(count))
            let middle = Int64(count / 3)..<Int64(count / 2)
            #expect(try await yard.store.content(reference, middle) == Array(pattern(count)[count / 3..<count / 2]))
        }
        for file in yard.files() {
            let data = try Data(contentsOf: URL(fileURLWithPath: file))
            #expect(data.range(of: Data(pattern(64))) == nil)
        }
    }

    @Test("a reference is kept as bytes and read again; what is no reference is refused")
    func references() async throws {
        let yard = try Yard()
        for count in [0, 3, 5, 100] {
            let reference = try await yard.write(pattern(count))
            #expect(try BlobReference(decoding: reference.encoded) == reference)
            #expect(throws: BlobError.self) { try BlobReference(decoding: Array(reference.encoded.prefix(20))) }
        }
        #expect(throws: BlobError.invalidReference) { try BlobReference(decoding: []) }
        #expect(throws: BlobError.invalidReference) { try BlobReference(decoding: [UInt8](repeating: 9, count: 80)) }
    }

    @Test("two blobs of one content share nothing")
    func independent() async throws {
        let yard = try Yard()
        let (first, second) = (try await yard.write(pattern(64)), try await yard.write(pattern(64)))
        #expect(first.id != second.id)
        let contents = try yard.files().map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        #expect(contents.count == 2)
        #expect(contents[0].prefix(16) != contents[1].prefix(16))
    }

    @Test("an open reader goes on when the blob is deleted; a new one is refused")
    func deleteWhileReading() async throws {
        let yard = try Yard()
        let reference = try await yard.write(pattern(100))
        let reader = try await yard.store.reader(reference)
        #expect(try await reader.next()?.count == 48)
        try await yard.store.delete(reference)
        try await yard.store.delete(reference)
        #expect(try await reader.next() == Array(pattern(100)[48..<96]))
        await #expect(throws: BlobError.missing(reference.id)) { try await yard.store.content(reference) }
        #expect(yard.files().isEmpty)
    }
}
