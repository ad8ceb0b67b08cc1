import Blobs
import Storage

/// A piece of a content that lies in one blob.
struct ContentSegment: Sendable {
    let reference: BlobReference
    /// Of the blob's content.
    let range: Range<Int64>
}

extension ObjectContent {
    /// Where the bytes of a range lie, in their order; none for no bytes.
    /// - Parameter id: the row of this content.
    func segments(_ range: Range<Int64>, of id: Int64, _ snapshot: borrowing Snapshot) throws -> [ContentSegment] {
        guard let layout else { return range.isEmpty ? [] : [ContentSegment(reference: reference, range: range)] }
        let indices = layout.indices(touching: range)
        guard let first = indices.first, let last = indices.last else { return [] }
        let parts = try StoredPart.list(of: id, from: layout.numbers[first], to: layout.numbers[last], snapshot)
        guard parts.map(\.number) == Array(layout.numbers[indices]) else { throw Damaged.object(id) }
        return zip(indices, parts).compactMap { index, part in
            let place = layout.range(at: index)
            let wanted = range.clamped(to: place)
            guard !wanted.isEmpty else { return nil }
            return ContentSegment(
                reference: part.reference,
                range: wanted.lowerBound - place.lowerBound..<wanted.upperBound - place.lowerBound)
        }
    }
}

/// Reads a content piece by piece, from one blob after the other. One caller at a time.
struct ContentReader {
    private let blobs: any BlobStore
    private let cover: BlobCover
    private var rest: ArraySlice<ContentSegment>
    private var reader: (any BlobReader)?
    /// Keeps blobs that are read one after the other.
    private let hold: (any BlobHold)?

    /// Opens the first blob. - Throws: `BlobError.missing` where the content is gone.
    init(
        _ content: ObjectContent, _ segments: [ContentSegment], _ blobs: any BlobStore, _ cover: BlobCover
    ) async throws {
        (self.blobs, self.cover, rest) = (blobs, cover, segments[...])
        if content.layout != nil {
            guard let held = blobs.hold(content.reference.id) else { throw BlobError.missing(content.reference.id) }
            hold = held
        } else {
            hold = nil
        }
        try await openNext()
    }

    private mutating func openNext() async throws {
        reader = nil
        guard let segment = rest.popFirst() else { return }
        reader = try await blobs.reader(segment.reference, range: segment.range, cover)
    }

    /// The next piece, never empty; nil at the end.
    mutating func next() async throws -> [UInt8]? {
        while let reader {
            if let piece = try await reader.next() { return piece }
            try await openNext()
        }
        return nil
    }
}
