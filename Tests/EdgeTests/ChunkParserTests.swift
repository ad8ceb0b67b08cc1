import Testing

import Edge

private let limits = (line: 64, trailer: 128)

private func parser() -> ChunkParser { ChunkParser(lineLimit: limits.line, trailerLimit: limits.trailer) }

struct ChunkParserTests {
    private static let sound = [UInt8](
        "4\r\nWiki\r\n006;a=b;c=\"d;\\\"e\"\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n000\r\nX: y\r\nZ:\r\n\r\nGET".utf8)
    private static let body = [UInt8]("Wikipedia in \r\n\r\nchunks.".utf8)

    /// Defends: a chunked body reads the same wherever the network cuts it, and nothing beyond it is taken.
    @Test func readsAcrossEveryCut() throws {
        for cut in 0...ChunkParserTests.sound.count {
            var parser = parser()
            var body: [UInt8] = []
            let bytes = ChunkParserTests.sound.span
            var used = try parser.consume(bytes.extracting(0..<cut), into: &body, room: .max)
            used += try parser.consume(bytes.extracting(used..<bytes.count), into: &body, room: .max)
            #expect(body == ChunkParserTests.body)
            #expect(parser.isDone)
            #expect(used == bytes.count - 3)
        }
    }

    /// Defends: room bounds what one call appends, and no byte is lost at the bound.
    @Test func respectsRoom() throws {
        var parser = parser()
        var body: [UInt8] = []
        var position = 0
        while !parser.isDone {
            let before = body.count
            position += try parser.consume(
                ChunkParserTests.sound.span.extracting(position..<ChunkParserTests.sound.count), into: &body, room: 2)
            #expect(body.count - before <= 2)
        }
        #expect(body == ChunkParserTests.body)
    }

    /// Defends: every breach of the grammar is refused, read whole or byte by byte.
    @Test(arguments: SmugglingForms.chunks) func refusesBadSyntax(_ form: SmugglingForms.Form) throws {
        let start = try #require(form.text.utf8.firstRange(of: "\r\n\r\n".utf8)).upperBound
        let bytes = [UInt8](form.text.utf8[start...])
        #expect(throws: Refusal.malformedChunk) {
            var (parser, body) = (parser(), [UInt8]())
            _ = try parser.consume(bytes.span, into: &body, room: .max)
        }
        #expect(throws: Refusal.malformedChunk) {
            var (parser, body) = (parser(), [UInt8]())
            for index in bytes.indices {
                _ = try parser.consume(bytes.span.extracting(index..<index + 1), into: &body, room: .max)
            }
        }
    }

    /// Defends: trailers are limited in all, not only by line.
    @Test func limitsTrailers() {
        let bytes = [UInt8](("0\r\n" + String(repeating: "A: b\r\n", count: 40) + "\r\n").utf8)
        #expect(throws: Refusal.malformedChunk) {
            var (parser, body) = (parser(), [UInt8]())
            _ = try parser.consume(bytes.span, into: &body, room: .max)
        }
    }
}
