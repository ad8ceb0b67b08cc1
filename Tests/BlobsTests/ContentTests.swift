import Blobs
import Crypto
import Foundation
import Testing

/// What is of the engine of files alone.
@Suite struct ContentTests {
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

    @Test("what is no reference is refused")
    func references() {
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
}
