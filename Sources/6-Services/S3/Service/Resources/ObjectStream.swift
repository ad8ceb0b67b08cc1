import Blobs
import HTTP
import World

/// The content of an object on its way out, read as the connection takes it.
final class ObjectStream: ResponseStream {
    private let blobs: BlobStore
    private let reference: BlobReference
    private let range: Range<Int64>
    private let reader = Lock<BlobReader?>(nil)

    init(_ blobs: BlobStore, _ reference: BlobReference, _ range: Range<Int64>) {
        (self.blobs, self.reference, self.range) = (blobs, reference, range)
    }

    /// Finds and reads the beginning, so that faults show before the answer has begun.
    /// - Returns: false where the content was removed since its row was read.
    func open() async throws -> Bool {
        guard !range.isEmpty else { return true }
        do {
            let opened = try await blobs.reader(reference, range: range)
            reader.withLock { $0 = opened }
            return true
        } catch BlobError.missing {
            return false
        }
    }

    func next() async throws -> [UInt8]? {
        guard !range.isEmpty else { return nil }
        guard let reader = reader.withLock({ $0 }) else { throw BlobError.missing(reference.id) }
        return try await reader.next()
    }

    /// Content that lies in its row needs no stream.
    var isAtHand: Bool { reference.isInline }
}
