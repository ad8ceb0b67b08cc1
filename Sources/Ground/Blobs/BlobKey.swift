public import Crypto

/// A key that somebody else keeps, lent for one blob: it seals the blob's data key, or a small content itself.
public final class BlobKey: Sendable {
    let sealer: BlobSealer

    /// - Parameter key: 32 bytes, used for one blob and what is kept beside it.
    public init(_ key: borrowing SecretBytes) { sealer = BlobSealer(key: key) }

    /// Seals a short text that is kept beside the blob, such as a checksum of its content.
    public func seal(_ note: [UInt8], beside blob: BlobID) -> [UInt8] { sealer.seal(note, .note, blob) }

    /// Opens what `seal` gave. - Throws: `.invalidReference` for another key or blob, or a changed text.
    public func open(_ sealed: [UInt8], beside blob: BlobID) throws(BlobError) -> [UInt8] {
        try sealer.open(sealed, .note, blob)
    }
}

/// Whose key a blob lies under. Not stored with it: who reads must know.
public enum BlobCover: Sendable {
    /// The store's.
    case store
    /// Somebody else's alone: the store cannot read it.
    case key(BlobKey)
    /// Two layers: somebody else's, and the store's around it.
    case twice(BlobKey)
}

extension BlobCover {
    /// Innermost first. - Parameter store: the store's own.
    func sealers(_ store: BlobSealer) -> [BlobSealer] {
        switch self {
        case .store: [store]
        case .key(let key): [key.sealer]
        case .twice(let key): [key.sealer, store]
        }
    }
}

/// The sealers of a blob's layers, innermost first, as one.
extension [BlobSealer] {
    func seal(_ content: [UInt8], _ id: BlobID) -> [UInt8] { reduce(content) { $1.seal($0, .content, id) } }

    func open(_ sealed: [UInt8], _ id: BlobID) throws(BlobError) -> [UInt8] {
        var content = sealed
        for sealer in reversed() { content = try sealer.open(content, .content, id) }
        return content
    }

    /// New data keys, in use, and sealed one after the other.
    func newDataKeys(_ id: BlobID) -> ([AESGCM], sealed: [UInt8]) {
        var (keys, sealed): ([AESGCM], [UInt8]) = ([], [])
        for sealer in self {
            let (key, text) = sealer.newDataKey(id)
            keys.append(key)
            sealed += text
        }
        return (keys, sealed)
    }

    func dataKeys(_ sealed: [UInt8], _ id: BlobID) throws(BlobError) -> [AESGCM] {
        guard sealed.count == count * BlobSealer.sealedKeyByteCount else { throw .invalidReference }
        var keys: [AESGCM] = []
        for (index, sealer) in enumerated() {
            let start = index * BlobSealer.sealedKeyByteCount
            keys.append(try sealer.dataKey([UInt8](sealed[start..<start + BlobSealer.sealedKeyByteCount]), id))
        }
        return keys
    }
}
