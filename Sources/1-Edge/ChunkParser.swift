import HTTP
import World

/// Takes a chunked body apart as its bytes come: a state machine without IO.
///
/// Chunk extensions are checked and dropped; so are trailer fields, since nobody may act on a field that came after the
/// signature was checked.
/// - Source: RFC 9112, 7.1.
public struct ChunkParser: Sendable {
    private enum State { case size, sizeEnd, data, dataReturn, dataEnd, trailerStart, trailer, trailerEnd, last, done }

    private var state = State.size
    private var digits = 0
    private var inExtension = false
    private var inQuotes = false
    private var escaped = false
    private var lineBytes = 0
    private var remaining: Int64 = 0
    private var trailerLine: [UInt8] = []
    private var trailerBytes = 0
    private let lineLimit: Int
    private let trailerLimit: Int

    /// - Parameters: the longest chunk line and the longest trailer, in bytes.
    public init(lineLimit: Int, trailerLimit: Int) { (self.lineLimit, self.trailerLimit) = (lineLimit, trailerLimit) }

    /// Whether the body and its trailer have ended; what follows is the next request.
    public var isDone: Bool { state == .done }

    /// Reads from `bytes`, appends at most `room` body bytes to `body` and returns how many bytes it used. It stops
    /// early only where `room` is spent or the body ends.
    public mutating func consume(_ bytes: Span<UInt8>, into body: inout [UInt8], room: Int) throws(Refusal) -> Int {
        var index = 0
        var room = room
        while index < bytes.count, state != .done {
            if state == .data {
                let count = Int(min(Int64(min(bytes.count - index, room)), remaining))
                if count == 0 { return index }
                bytes.extracting(index..<index + count).withUnsafeBufferPointer { body.append(contentsOf: $0) }
                remaining -= Int64(count)
                room -= count
                index += count
                if remaining == 0 { state = .dataReturn }
            } else {
                try step(bytes[index])
                index += 1
            }
        }
        return index
    }

    /// One byte of syntax, everything but data.
    private mutating func step(_ byte: UInt8) throws(Refusal) {
        switch state {
        case .size: try sizeByte(byte)
        case .sizeEnd:
            try expect(byte, HeadSyntax.lineFeed, then: remaining == 0 ? .trailerStart : .data)
        case .dataReturn: try expect(byte, HeadSyntax.carriageReturn, then: .dataEnd)
        case .dataEnd:
            try expect(byte, HeadSyntax.lineFeed, then: .size)
            (digits, lineBytes, inExtension) = (0, 0, false)
        case .trailerStart, .trailer: try trailerByte(byte)
        case .trailerEnd:
            try expect(byte, HeadSyntax.lineFeed, then: .trailerStart)
            try checkTrailer()
        case .last: try expect(byte, HeadSyntax.lineFeed, then: .done)
        case .data, .done: break
        }
    }

    private mutating func expect(_ byte: UInt8, _ expected: UInt8, then next: State) throws(Refusal) {
        guard byte == expected else { throw .malformedChunk }
        state = next
    }

    private mutating func sizeByte(_ byte: UInt8) throws(Refusal) {
        lineBytes += 1
        guard lineBytes <= lineLimit else { throw .malformedChunk }
        if byte == HeadSyntax.carriageReturn {
            guard digits > 0, !inQuotes else { throw .malformedChunk }
            state = .sizeEnd
        } else if inExtension {
            try extensionByte(byte)
        } else if let value = Hexadecimal.value(of: byte) {
            if digits == 0 { remaining = 0 }
            digits += 1
            // Fifteen digits cannot overflow, and no body is that long.
            guard digits <= 15 else { throw .malformedChunk }
            remaining = remaining << 4 | Int64(value)
        } else {
            guard byte == UInt8(ascii: ";"), digits > 0 else { throw .malformedChunk }
            (inExtension, inQuotes, escaped) = (true, false, false)
        }
    }

    /// Tokens, `=`, `;` and quoted strings. A CR cannot hide in quotes: it ended the line above.
    private mutating func extensionByte(_ byte: UInt8) throws(Refusal) {
        guard HeadSyntax.isValue(byte) else { throw .malformedChunk }
        if inQuotes {
            if escaped {
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                inQuotes = false
            }
        } else if byte == UInt8(ascii: "\"") {
            inQuotes = true
        } else {
            guard HeadSyntax.isToken(byte) || byte == UInt8(ascii: "=") || byte == UInt8(ascii: ";") else {
                throw .malformedChunk
            }
        }
    }

    private mutating func trailerByte(_ byte: UInt8) throws(Refusal) {
        trailerBytes += 1
        guard trailerBytes <= trailerLimit else { throw .malformedChunk }
        if byte == HeadSyntax.carriageReturn {
            state = state == .trailerStart ? .last : .trailerEnd
        } else {
            trailerLine.append(byte)
            state = .trailer
        }
    }

    /// A trailer line must be a field line, though nobody will read it.
    private mutating func checkTrailer() throws(Refusal) {
        trailerLine += [HeadSyntax.carriageReturn, HeadSyntax.lineFeed]
        var position = 0
        var isField = true
        do throws(Refusal) {
            _ = try HeadParser.field(trailerLine.span, &position)
        } catch {
            isField = false
        }
        guard isField, position == trailerLine.count else { throw .malformedChunk }
        trailerLine.removeAll(keepingCapacity: true)
    }
}
