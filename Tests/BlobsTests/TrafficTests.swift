import Blobs
import Testing

@Suite("Where many blobs are read and written, each keeps less")
struct TrafficTests {
    private let content = pattern(16 * 7 + 5)

    /// The lengths of the pieces, to the end.
    private func pieces(_ reader: any BlobReader) async throws -> [Int] {
        var lengths: [Int] = []
        var whole: [UInt8] = []
        while let piece = try await reader.next() {
            lengths.append(piece.count)
            whole += piece
        }
        #expect(whole == content)
        return lengths
    }

    @Test("readers give a frame at a time then, and more again afterwards")
    func readers() async throws {
        let yard = try Yard()
        let reference = try await yard.write(content)
        var many: [any BlobReader] = []
        for _ in 0..<40 { many.append(try await yard.store.reader(reference)) }
        let crowded = try await pieces(yard.store.reader(reference))
        #expect(crowded == [16, 16, 16, 16, 16, 16, 16, 5])
        for reader in many { _ = try await pieces(reader) }
        many = []
        #expect(try await pieces(yard.store.reader(reference)) == [48, 48, 21])
    }

    @Test("what many write at once is whole")
    func writers() async throws {
        let yard = try Yard()
        let writers = (0..<40).map { _ in yard.store.writer() }
        for start in stride(from: 0, to: content.count, by: 11) {
            for writer in writers { try await writer.append(Array(content[start..<min(start + 11, content.count)])) }
        }
        for writer in writers {
            let reference = try await writer.finish()
            #expect(try await yard.store.content(reference) == content)
        }
    }
}
