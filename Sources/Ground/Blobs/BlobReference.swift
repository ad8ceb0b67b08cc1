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
    /// `BlobCheck` of the file, or of the sealed content where there is none. References of former versions have none.
    let check: UInt64?

    /// Whether there is no file: the content lies in the reference.
    public var isInline: Bool {
        if case .inline = place { true } else { false }
    }

    /// How long its file is, in bytes; nil where there is none.
    public var fileLength: Int64? {
        guard case .file(let frame, let key) = place else { return nil }
        return Framing(id: id, frame: frame, layers: key.count / BlobSealer.sealedKeyByteCount).fileLength(length)
    }

    /// The form that is stored: kind (1), id (16), length (8), the check (8) where there is one, for files the frame size (4),
    /// then the sealed bytes.
    public var encoded: [UInt8] {
        let (kind, sealed) =
            switch place {
            case .inline(let sealed): (check == nil ? Kind.inlineUnchecked : .inline, sealed)
            case .file(_, let key): (check == nil ? Kind.fileUnchecked : .file, key)
            }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(37 + sealed.count)
        bytes.append(kind.rawValue)
        bytes += id.bytes
        bytes.appendBigEndian(UInt64(length))
        if let check { bytes.appendBigEndian(check) }
        if case .file(let frame, _) = place { bytes.appendBigEndian(UInt32(frame)) }
        return bytes + sealed
    }

    /// The first byte of a stored reference.
    private enum Kind: UInt8 {
        /// As former versions wrote them.
        case inlineUnchecked = 1, fileUnchecked = 2
        case inline = 3, file = 4
    }

    init(id: BlobID, length: Int64, place: Place, check: UInt64?) {
        (self.id, self.length, self.place, self.check) = (id, length, place, check)
    }

    /// A content without a file. - Parameter length: of the content, before it was sealed.
    init(id: BlobID, inline sealed: [UInt8], length: Int64) {
        self.init(id: id, length: length, place: .inline(sealed), check: BlobCheck.of(sealed))
    }

    public init(decoding bytes: [UInt8]) throws(BlobError) {
        var rest = bytes[...]
        func take(_ count: Int) throws(BlobError) -> ArraySlice<UInt8> {
            guard rest.count >= count else { throw .invalidReference }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        guard let kind = Kind(rawValue: UInt8(try take(1).bigEndianValue)),
            let id = BlobID(Array(try take(BlobID.byteCount)))
        else { throw .invalidReference }
        let length = Int64(truncatingIfNeeded: try take(8).bigEndianValue)
        guard length >= 0 else { throw .invalidReference }
        let check = kind == .inline || kind == .file ? try take(8).bigEndianValue : nil
        switch kind {
        case .inline, .inlineUnchecked:
            self.init(id: id, length: length, place: .inline(Array(rest)), check: check)
        case .file, .fileUnchecked:
            let frame = Int(try take(4).bigEndianValue)
            guard !rest.isEmpty, (1...Framing.largestFrame).contains(frame) else { throw .invalidReference }
            self.init(id: id, length: length, place: .file(frame: frame, key: Array(rest)), check: check)
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
