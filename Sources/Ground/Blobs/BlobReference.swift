/// What a row of the database keeps of a blob: enough to read it, together with the key it lies under.
///
/// Removing all copies of a reference erases the content: it holds the only copy of the blob's data key, sealed.
public struct BlobReference: Hashable, Sendable {
    enum Place: Hashable, Sendable {
        /// The sealed content itself.
        case inline([UInt8])
        /// A file of frames, each with `frame` bytes of content but the last, under the sealed data keys, one for each layer.
        case file(frame: Int, key: [UInt8])
    }

    public let id: BlobID
    /// Of the content, in bytes.
    public let length: Int64
    let place: Place

    /// Whether there is no file: the content lies in the reference.
    public var isInline: Bool {
        if case .inline = place { true } else { false }
    }

    /// How long its file is, in bytes; nil where there is none.
    public var fileLength: Int64? {
        guard case .file(let frame, let key) = place else { return nil }
        return Framing(id: id, frame: frame, layers: key.count / BlobSealer.sealedKeyByteCount).fileLength(length)
    }

    /// The form that is stored: kind (1), id (16), length (8), for files the frame size (4), then the sealed bytes.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        switch place {
        case .inline(let sealed):
            bytes.reserveCapacity(25 + sealed.count)
            bytes.append(1)
            bytes += id.bytes
            bytes.appendBigEndian(UInt64(length))
            bytes += sealed
        case .file(let frame, let key):
            bytes.append(2)
            bytes += id.bytes
            bytes.appendBigEndian(UInt64(length))
            bytes.appendBigEndian(UInt32(frame))
            bytes += key
        }
        return bytes
    }

    init(id: BlobID, length: Int64, place: Place) { (self.id, self.length, self.place) = (id, length, place) }

    public init(decoding bytes: [UInt8]) throws(BlobError) {
        guard bytes.count >= 25, let id = BlobID(Array(bytes[1..<17])) else { throw .invalidReference }
        let length = Int64(truncatingIfNeeded: bytes[17..<25].bigEndianValue)
        guard length >= 0 else { throw .invalidReference }
        switch bytes[0] {
        case 1:
            self.init(id: id, length: length, place: .inline(Array(bytes[25...])))
        case 2:
            guard bytes.count > 29 else { throw .invalidReference }
            let frame = Int(bytes[25..<29].bigEndianValue)
            guard (1...Framing.largestFrame).contains(frame) else { throw .invalidReference }
            self.init(id: id, length: length, place: .file(frame: frame, key: Array(bytes[29...])))
        default:
            throw .invalidReference
        }
    }
}

extension [UInt8] {
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        for shift in stride(from: type(of: value).bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}

extension Collection<UInt8> {
    fileprivate var bigEndianValue: UInt64 { reduce(0) { $0 << 8 | UInt64($1) } }
}
