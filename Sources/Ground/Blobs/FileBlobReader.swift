import Crypto
import World

/// Reads the frames of a blob that a range touches, in pieces of up to 256 KiB, of 64 where many are read.
final class FileBlobReader: BlobReader {
    /// What is still to come.
    private struct Rest: Sendable {
        /// Read already, to be given next.
        var first: [UInt8]?
        /// Of the file, after `first`.
        var range: Range<Int64>

        /// The part up to the end of the buffer that begins where the range does.
        mutating func take(_ source: Source) -> Range<Int64> {
            let frame = Int64(source.framing.frame)
            let end = (range.lowerBound / frame + Int64(source.share.traffic.frames)) * frame
            let part = range.lowerBound..<min(end, range.upperBound)
            range = part.upperBound..<range.upperBound
            return part
        }
    }

    private struct Source: Sendable {
        let file: BlobFile
        let keys: [AESGCM]
        let framing: Framing
        let length: Int64
        let share: BlobTraffic.Share
    }

    private let pool: BlockingPool
    private let source: Source?
    private let rest: Lock<Rest>

    init(
        _ store: FileBlobStore, _ reference: BlobReference, _ range: Range<Int64>, _ sealers: [BlobSealer]
    ) async throws {
        pool = store.pool
        switch reference.place {
        case .inline(let sealed):
            let content = try sealers.open(sealed, reference.id)
            guard content.count == reference.length else { throw BlobError.corrupt(reference.id, frame: 0) }
            source = nil
            rest = Lock(Rest(first: content.trimmed(to: range), range: 0..<0))
        case .file(let frame, let sealedKey):
            let keys = try sealers.dataKeys(sealedKey, reference.id)
            let framing = Framing(id: reference.id, frame: frame, layers: keys.count)
            (source, rest) = try await pool.run {
                let file = try FileBlobReader.open(store.folders.place(reference.id), reference, framing)
                let source = Source(
                    file: file, keys: keys, framing: framing, length: reference.length,
                    share: store.traffic.share())
                var rest = Rest(range: range)
                rest.first = try FileBlobReader.read(rest.take(source), source)
                return (source, Lock(rest))
            }
        }
    }

    func next() async throws -> [UInt8]? {
        let (first, range) = rest.withLock { rest -> ([UInt8]?, Range<Int64>) in
            defer { rest.first = nil }
            if let first = rest.first, !first.isEmpty { return (first, 0..<0) }
            return (nil, source.map { rest.take($0) } ?? 0..<0)
        }
        guard let source, first == nil, !range.isEmpty else { return first }
        return try await pool.run { try FileBlobReader.read(range, source) }
    }

    static func open(_ path: String, _ reference: BlobReference, _ framing: Framing) throws -> BlobFile {
        guard let file = try BlobFile(reading: path) else { throw BlobError.missing(reference.id) }
        let length = try file.length()
        guard length == framing.fileLength(reference.length) else {
            let whole =
                max(0, min(length, framing.fileLength(reference.length)) - 1) / Int64(framing.frame + framing.tag)
            throw BlobError.corrupt(reference.id, frame: whole)
        }
        return file
    }

    /// Reads and opens the frames that `range` touches; it lies within one piece.
    private static func read(_ range: Range<Int64>, _ source: Source) throws(BlobError) -> [UInt8] {
        guard !range.isEmpty else { return [] }
        let framing = source.framing
        let frame = Int64(framing.frame)
        let numbers = range.lowerBound / frame...(range.upperBound - 1) / frame
        let start = numbers.lowerBound * frame
        let size = Int(min(source.length, (numbers.upperBound + 1) * frame) - start)
        var content = [UInt8](unsafeUninitializedCapacity: size) { $1 = size }
        var tags = [UInt8](repeating: 0, count: numbers.count * framing.tag)
        let isWhole = try ScatteredFrames.with(&content, &tags, framing) { parts throws(BlobError) in
            try source.file.read(parts, at: framing.offset(numbers.lowerBound))
        }
        guard isWhole else { throw .corrupt(framing.id, frame: numbers.lowerBound) }
        let last = framing.count(source.length) - 1
        for number in numbers {
            let index = Int(number - numbers.lowerBound)
            let place = index * framing.frame..<min((index + 1) * framing.frame, size)
            do {
                try framing.open(
                    &content, place, under: source.keys, number, isLast: number == last,
                    tags: tags[index * framing.tag..<(index + 1) * framing.tag])
            } catch { throw .corrupt(framing.id, frame: number) }
        }
        return content.trimmed(to: range.lowerBound - start..<range.upperBound - start)
    }
}

extension [UInt8] {
    /// Only `range`, without a copy where the array begins there.
    fileprivate consuming func trimmed(to range: Range<Int64>) -> [UInt8] {
        var bytes = self
        if range.upperBound < bytes.count { bytes.removeLast(bytes.count - Int(range.upperBound)) }
        if range.lowerBound > 0 { bytes.removeFirst(Int(range.lowerBound)) }
        return bytes
    }
}
