import Crypto

/// How content lies in a file: frames of `frame` bytes of content, each followed by its tags, one for each layer; only the
/// last is shorter.
///
/// Every frame is sealed under the blob's own data keys. Its nonce is its number, and its number, the blob's id and
/// whether it is the last are authenticated: frames can be neither cut off, nor moved, nor lent to another blob. Empty
/// content is one empty frame.
struct Framing: Sendable {
    static let largestFrame = 16 << 20

    let id: BlobID
    let frame: Int
    /// How often every frame is sealed, each time under another key.
    let layers: Int

    /// Bytes after each frame.
    var tag: Int { layers * AESGCM.tagByteCount }

    /// How many frames content of `length` bytes has.
    func count(_ length: Int64) -> Int64 { max(1, (length + Int64(frame) - 1) / Int64(frame)) }

    /// Where frame `index` begins in the file.
    func offset(_ index: Int64) -> Int64 { index * Int64(frame + tag) }

    /// How many bytes of content frame `index` of content of `length` bytes has.
    func size(_ index: Int64, of length: Int64) -> Int { Int(min(Int64(frame), length - index * Int64(frame))) }

    func fileLength(_ length: Int64) -> Int64 { length + count(length) * Int64(tag) }

    func nonce(_ index: Int64) -> [UInt8] {
        var nonce: [UInt8] = []
        nonce.reserveCapacity(AESGCM.nonceByteCount)
        nonce.appendBigEndian(UInt32(0))
        nonce.appendBigEndian(UInt64(index))
        return nonce
    }

    func associated(_ index: Int64, isLast: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(BlobID.byteCount + 9)
        bytes += id.bytes
        bytes.appendBigEndian(UInt64(index))
        bytes.append(isLast ? 1 : 0)
        return bytes
    }

    /// Seals one frame where it lies, innermost key first, and appends its tags. A layer authenticates the tags within it.
    func seal(
        _ content: inout [UInt8], _ place: Range<Int>, under keys: [AESGCM], _ index: Int64, isLast: Bool,
        into tags: inout [UInt8]
    ) {
        let (nonce, first) = (nonce(index), tags.count)
        var associated = associated(index, isLast: isLast)
        for key in keys {
            let tag = key.sealInPlace(&content, place, nonce: nonce, associated: associated)
            tags += tag
            if tags.count - first < self.tag { associated += tag }
        }
    }

    /// Opens one frame where it lies.
    func open(
        _ content: inout [UInt8], _ place: Range<Int>, under keys: [AESGCM], _ index: Int64, isLast: Bool,
        tags: ArraySlice<UInt8>
    ) throws(AESGCM.AuthenticationFailed) {
        let nonce = nonce(index)
        for (layer, key) in keys.enumerated().reversed() {
            let start = tags.startIndex + layer * AESGCM.tagByteCount
            try key.openInPlace(
                &content, place, tag: Array(tags[start..<start + AESGCM.tagByteCount]), nonce: nonce,
                associated: associated(index, isLast: isLast) + tags[..<start])
        }
    }
}
