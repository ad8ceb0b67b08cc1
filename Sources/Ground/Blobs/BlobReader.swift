import Crypto
import World

/// Gives the content of a blob, or a range of it, in pieces of up to 256 KiB. Every piece has been verified.
///
/// One caller at a time, which awaits each call. Deleting the blob meanwhile does not disturb an open reader.
package final class BlobReader: Sendable {
    /// The bytes still to come.
    private struct Rest {
        var range: Range<Int64>
        /// The content of an inline blob.
        var inline: [UInt8]?
    }

    private struct Source: Sendable {
        let file: BlobFile
        let key: AESGCM
        let framing: Framing
        let length: Int64
        let framesAtOnce: Int64
    }

    private let pool: BlockingPool
    private let source: Source?
    private let rest: Lock<Rest>

    init(_ store: BlobStore, _ reference: BlobReference, _ range: Range<Int64>) async throws {
        pool = store.pool
        switch reference.place {
        case .inline(let sealed):
            let content = try store.sealer.open(sealed, .content, reference.id)
            guard content.count == reference.length else { throw BlobError.corrupt(reference.id, frame: 0) }
            source = nil
            rest = Lock(Rest(range: range, inline: content))
        case .file(let frame, let key):
            let framing = Framing(id: reference.id, frame: frame)
            let file = try await pool.run { try BlobReader.open(store.folders.place(reference.id), reference, framing) }
            source = Source(
                file: file, key: try store.sealer.dataKey(key, reference.id), framing: framing,
                length: reference.length, framesAtOnce: Int64(store.options.framesAtOnce))
            rest = Lock(Rest(range: range))
        }
    }

    /// The next piece, never empty; nil at the end.
    /// - Throws: `BlobError.corrupt`, naming the blob and the frame.
    package func next() async throws -> [UInt8]? {
        guard let source else { return takeInline() }
        let range = rest.withLock { rest in
            let frame = Int64(source.framing.frame)
            let end = (rest.range.lowerBound / frame + source.framesAtOnce) * frame
            let piece = rest.range.lowerBound..<max(rest.range.lowerBound, min(end, rest.range.upperBound))
            rest.range = piece.upperBound..<rest.range.upperBound
            return piece
        }
        guard !range.isEmpty else { return nil }
        return try await pool.run { try BlobReader.read(range, source) }
    }

    private func takeInline() -> [UInt8]? {
        rest.withLock { rest in
            guard let content = rest.inline, !rest.range.isEmpty else { return nil }
            rest.inline = nil
            return rest.range.count == content.count
                ? content : Array(content[Int(rest.range.lowerBound)..<Int(rest.range.upperBound)])
        }
    }

    private static func open(_ path: String, _ reference: BlobReference, _ framing: Framing) throws -> BlobFile {
        guard let file = try BlobFile(reading: path) else { throw BlobError.missing(reference.id) }
        let length = try file.length()
        guard length == framing.fileLength(reference.length) else {
            let whole = max(0, min(length, framing.fileLength(reference.length)) - 1) / Int64(framing.frame + Framing.tag)
            throw BlobError.corrupt(reference.id, frame: whole)
        }
        return file
    }

    /// Reads and opens the frames that `range` touches; it lies within `framesAtOnce` of them.
    private static func read(_ range: Range<Int64>, _ source: Source) throws(BlobError) -> [UInt8] {
        let framing = source.framing
        let frame = Int64(framing.frame)
        let numbers = range.lowerBound / frame...(range.upperBound - 1) / frame
        let start = numbers.lowerBound * frame
        let size = Int(min(source.length, (numbers.upperBound + 1) * frame) - start)
        var content = [UInt8](unsafeUninitializedCapacity: size) { $1 = size }
        var tags = [UInt8](repeating: 0, count: numbers.count * Framing.tag)
        let isWhole = try ScatteredFrames.with(&content, &tags, frame: framing.frame) { parts throws(BlobError) in
            try source.file.read(parts, at: framing.offset(numbers.lowerBound))
        }
        guard isWhole else { throw .corrupt(framing.id, frame: numbers.lowerBound) }
        let last = framing.count(source.length) - 1
        for number in numbers {
            let index = Int(number - numbers.lowerBound)
            let place = index * framing.frame..<min((index + 1) * framing.frame, size)
            do {
                try source.key.openInPlace(
                    &content, place, tag: Array(tags[index * Framing.tag..<(index + 1) * Framing.tag]),
                    nonce: framing.nonce(number), associated: framing.associated(number, isLast: number == last))
            } catch { throw .corrupt(framing.id, frame: number) }
        }
        content.trim(to: Int(range.lowerBound - start)..<Int(range.upperBound - start))
        return content
    }
}

extension [UInt8] {
    /// Keeps only `range`, without a copy where the array begins there.
    fileprivate mutating func trim(to range: Range<Int>) {
        if range.upperBound < count { removeLast(count - range.upperBound) }
        if range.lowerBound > 0 { removeFirst(range.lowerBound) }
    }
}
