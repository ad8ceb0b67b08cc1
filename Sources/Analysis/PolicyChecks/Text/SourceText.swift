/// A policy's text, in which byte offsets become lines and columns.
struct SourceText {
    let bytes: [UInt8]
    /// Byte offsets at which lines begin.
    private let lines: [Int]
    /// How many characters begin before each byte; empty where all bytes are characters.
    private let characters: [Int32]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        lines = [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
        guard bytes.contains(where: { $0 >= 0x80 }) else {
            characters = []
            return
        }
        var count: Int32 = 0
        var counts: [Int32] = []
        counts.reserveCapacity(bytes.count + 1)
        for byte in bytes {
            counts.append(count)
            if byte & 0xC0 != 0x80 { count += 1 }
        }
        characters = counts + [count]
    }

    /// The place of a byte offset; one beyond the text is its end.
    func position(_ offset: Int) -> Position {
        let offset = min(max(offset, 0), bytes.count)
        var (low, high) = (0, lines.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lines[middle] <= offset { low = middle } else { high = middle }
        }
        return Position(
            line: low + 1, column: character(offset) - character(lines[low]), offset: character(offset))
    }

    private func character(_ offset: Int) -> Int { characters.isEmpty ? offset : Int(characters[offset]) }
}
