import Authentication
import Blobs
import Door
import HTTP
import World

/// The content of an object on its way out, read as the connection takes it.
final class ObjectStream: ResponseStream {
    private let objects: Objects
    private let read: ObjectRead
    private let segments: [ContentSegment]
    /// Whose checksum is to be told, where it is not the object's.
    private let part: StoredPart?
    /// Whether the answer is to have the content's checksum.
    let tellsChecksum: Bool
    private let calls: Calls
    private let reader = Lock<ContentReader?>(nil)

    init(
        _ objects: Objects, _ read: ObjectRead, _ segments: [ContentSegment], part: StoredPart?,
        tellingChecksum: Bool, _ calls: Calls
    ) {
        (self.objects, self.read, self.segments, self.part, self.calls) = (objects, read, segments, part, calls)
        tellsChecksum = tellingChecksum
    }

    private var content: ObjectContent { read.content }

    /// Asks for the content's key, then finds and reads the beginning, so that faults show before the answer has begun. The
    /// key is asked for whatever part of the content is wanted, none included.
    /// - Returns: the content's checksum; nil where the content was removed since its row was read.
    func open() async throws -> ObjectChecksum? {
        let open = try await objects.cipher.open(
            content.protection, at: read.place, customer: read.customerKey, calls)
        let checksum = try read.checksum(open, of: part)
        guard !segments.isEmpty else { return checksum }
        do {
            let opened = try await ContentReader(content, segments, objects.blobs, open.cover)
            reader.withLock { $0 = opened }
            return checksum
        } catch BlobError.missing {
            return nil
        }
    }

    func next() async throws -> [UInt8]? {
        guard !segments.isEmpty else { return nil }
        guard var reader = reader.withLock({ $0 }) else { throw BlobError.missing(content.reference.id) }
        let piece = try await reader.next()
        self.reader.withLock { [reader] in $0 = reader }
        return piece
    }

    /// Content that lies in its row needs no stream.
    var isAtHand: Bool { segments.count <= 1 && segments.allSatisfy(\.reference.isInline) }
}
