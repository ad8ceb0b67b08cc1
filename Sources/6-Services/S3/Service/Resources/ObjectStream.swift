import Authentication
import Blobs
import Door
import HTTP
import World

/// The content of an object on its way out, read as the connection takes it.
final class ObjectStream: ResponseStream {
    private let objects: Objects
    private let read: ObjectRead
    /// Whether the answer is to have the content's checksum.
    let tellsChecksum: Bool
    private let calls: Calls
    private let reader = Lock<BlobReader?>(nil)

    init(_ objects: Objects, _ read: ObjectRead, tellingChecksum: Bool, _ calls: Calls) {
        (self.objects, self.read, self.calls) = (objects, read, calls)
        tellsChecksum = tellingChecksum
    }

    private var content: ObjectContent { read.content }

    /// Asks for the content's key, then finds and reads the beginning, so that faults show before the answer has begun. The
    /// key is asked for whatever part of the content is wanted, none included.
    /// - Returns: the content's checksum; nil where the content was removed since its row was read.
    func open() async throws -> (ChecksumAlgorithm, checksum: [UInt8])? {
        let open = try await objects.cipher.open(
            content.protection, at: read.place, customer: read.customerKey, calls)
        let checksum = try open.open(content.checksum, beside: content.reference.id)
        guard !read.range.isEmpty else { return (read.object.algorithm, checksum) }
        do {
            let opened = try await objects.blobs.reader(content.reference, range: read.range, open.cover)
            reader.withLock { $0 = opened }
            return (read.object.algorithm, checksum)
        } catch BlobError.missing {
            return nil
        }
    }

    func next() async throws -> [UInt8]? {
        guard !read.range.isEmpty else { return nil }
        guard let reader = reader.withLock({ $0 }) else { throw BlobError.missing(content.reference.id) }
        return try await reader.next()
    }

    /// Content that lies in its row needs no stream.
    var isAtHand: Bool { content.reference.isInline }
}
