import Crypto
import World

/// Takes the framing of aws-chunked away: `SIZE[;chunk-signature=HEX]`, the bytes, and at the end a trailer.
///
/// Signed chunks are held until their signature is verified; nothing unverified is handed on. A state machine without
/// IO: bytes in, bytes out.
/// - Source: S3 API Reference, "Transferring Payload in Multiple Chunks", and "… Including Trailing Headers".
struct ChunkDecoder: Sendable {
    static let smallestChunk = 8192
    static let largestSignedChunk = 16_777_216
    private static let longestHead = 1024
    private static let longestTrailer = 16_384

    private enum State { case head, bytes(left: Int), end(seen: Int), trailer, done }

    private var state = State.head
    private var line: [UInt8] = []
    private var chunkNumber = 0
    private var chunkSize = 0
    private var held: [UInt8] = []
    private var provided: [UInt8] = []
    private var trailer = TrailerBlock()
    private var trailerBytes = 0
    private var signing: ChunkSigning?
    private let takesTrailer: Bool
    private let hash = IncrementalDigest(.sha256)

    /// - Parameter signing: nil for chunks without signatures.
    init(signing: ChunkSigning?, takesTrailer: Bool) { (self.signing, self.takesTrailer) = (signing, takesTrailer) }

    /// Of a signed chunk that is not verified yet.
    var heldBytes: Int { held.count }

    /// The bytes that may be handed on after `input`.
    mutating func decode(_ input: [UInt8]) throws(BodyFailure) -> [UInt8] {
        var output: [UInt8] = []
        var at = 0
        while at < input.count {
            switch state {
            case .head:
                if try readLine(input, &at, limit: ChunkDecoder.longestHead) { try beginChunk() }
            case .bytes(let left):
                let count = min(left, input.count - at)
                absorb(input[at..<at + count], &output)
                at += count
                state = left == count ? .end(seen: 0) : .bytes(left: left - count)
            case .end(let seen):
                guard input[at] == (seen == 0 ? 13 : 10) else { throw .incomplete }
                at += 1
                state = seen == 0 ? .end(seen: 1) : .head
                if seen == 1 { try verifyChunk(&output) }
            case .trailer:
                let left = ChunkDecoder.longestTrailer - trailerBytes
                if try readLine(input, &at, limit: left) { try readTrailerLine() }
            case .done: throw .incomplete
            }
        }
        return output
    }

    /// To be called at the end of the body. Gives the trailer.
    func finish() throws(BodyFailure) -> TrailerBlock {
        guard case .done = state else { throw .incomplete }
        return trailer
    }

    /// Collects a line up to CRLF; true once it is whole, without its end.
    private mutating func readLine(_ input: [UInt8], _ at: inout Int, limit: Int) throws(BodyFailure) -> Bool {
        while at < input.count {
            let byte = input[at]
            at += 1
            if byte == 10, line.last == 13 {
                line.removeLast()
                return true
            }
            guard line.count < limit else { throw .incomplete }
            line.append(byte)
        }
        return false
    }

    private mutating func beginChunk() throws(BodyFailure) {
        let digits = line.prefix { $0 != UInt8(ascii: ";") }
        let size = try ChunkDecoder.size(digits)
        provided = try ChunkDecoder.signature(line[digits.count...], signed: signing != nil)
        line.removeAll(keepingCapacity: true)
        chunkNumber += 1
        if size > 0, chunkNumber > 1, chunkSize < ChunkDecoder.smallestChunk {
            throw .chunkTooSmall(chunk: chunkNumber, size: chunkSize)
        }
        if signing != nil, size > ChunkDecoder.largestSignedChunk {
            throw .chunkTooLarge(chunk: chunkNumber, size: size)
        }
        chunkSize = size
        if size > 0 {
            state = .bytes(left: size)
            return
        }
        var nothing: [UInt8] = []
        try verifyChunk(&nothing)
        state = .trailer
    }

    private mutating func absorb(_ bytes: ArraySlice<UInt8>, _ output: inout [UInt8]) {
        if signing == nil {
            output += bytes
        } else {
            hash.update(bytes)
            held += bytes
        }
    }

    private mutating func verifyChunk(_ output: inout [UInt8]) throws(BodyFailure) {
        guard let expected = signing?.chunk(hash: hash.finish()) else { return }
        guard constantTimeEquals(expected.signature, provided) else { throw mismatch(expected.stringToSign) }
        if output.isEmpty { swap(&output, &held) } else { output += held }
        held.removeAll(keepingCapacity: true)
    }

    private mutating func readTrailerLine() throws(BodyFailure) {
        defer { line.removeAll(keepingCapacity: true) }
        trailerBytes += line.count
        if !line.isEmpty {
            guard takesTrailer, trailer.add(line) else { throw .malformedTrailer }
            return
        }
        state = .done
        guard takesTrailer, signing != nil else { return }
        guard let signature = trailer.signature else { throw .malformedTrailer }
        guard let expected = signing?.trailer(trailer.canonical) else { return }
        provided = signature
        guard constantTimeEquals(expected.signature, signature) else { throw mismatch(expected.stringToSign) }
    }

    private func mismatch(_ stringToSign: [UInt8]) -> BodyFailure {
        .chunkSignature(
            SignatureMismatch(
                accessKeyID: signing?.accessKeyID ?? "", canonicalRequest: [], stringToSign: stringToSign,
                provided: String(decoding: provided, as: UTF8.self)))
    }

    /// Up to twelve hexadecimal digits: far above any object's size, far below an overflow.
    private static func size(_ digits: ArraySlice<UInt8>) throws(BodyFailure) -> Int {
        guard (1...12).contains(digits.count) else { throw .incomplete }
        var size = 0
        for digit in digits {
            guard let value = Hexadecimal.value(of: digit) else { throw .incomplete }
            size = size << 4 | Int(value)
        }
        return size
    }

    /// The signature of `;chunk-signature=HEX`; empty where none is due.
    private static func signature(_ text: ArraySlice<UInt8>, signed: Bool) throws(BodyFailure) -> [UInt8] {
        guard signed else {
            guard text.isEmpty else { throw .incomplete }
            return []
        }
        let name = Array(";chunk-signature=".utf8)
        guard text.starts(with: name), text.count == name.count + 64 else { throw .incomplete }
        return Array(text.dropFirst(name.count))
    }
}
