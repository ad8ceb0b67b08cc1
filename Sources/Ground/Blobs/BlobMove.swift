/// What a blob lies under changes; its content, and the file that has it, do not.
extension BlobReference {
    /// The same blob under another cover: its data key, or a content that has no file, is opened and sealed anew. Whoever reads
    /// the blob by the former reference still can, as long as there is one.
    /// - Parameter cover: as the blob lies now.
    /// - Throws: `.invalidReference` where it does not, or where the covers have not the same number of layers, as each frame
    ///   was sealed once for each.
    public func moved(from cover: BlobCover, to new: BlobCover, in store: BlobStore) throws(BlobError) -> BlobReference
    {
        let (opening, sealing) = (store.sealers(cover), store.sealers(new))
        guard opening.count == sealing.count else { throw .invalidReference }
        switch place {
        case .inline(let sealed):
            let content = try opening.open(sealed, id)
            guard content.count == length else { throw .corrupt(id, frame: 0) }
            return BlobReference(id: id, length: length, place: .inline(sealing.seal(content, id)))
        case .file(let frame, let key):
            return BlobReference(
                id: id, length: length, place: .file(frame: frame, key: try opening.moved(key, to: sealing, id)))
        }
    }
}

extension [BlobSealer] {
    /// Sealed data keys, one after the other, sealed anew. Clear, each is zeroed as it goes.
    fileprivate func moved(_ sealed: [UInt8], to others: [BlobSealer], _ id: BlobID) throws(BlobError) -> [UInt8] {
        guard sealed.count == count * BlobSealer.sealedKeyByteCount else { throw .invalidReference }
        var result: [UInt8] = []
        for (index, sealer) in enumerated() {
            let start = index * BlobSealer.sealedKeyByteCount
            var clear = try sealer.open([UInt8](sealed[start..<start + BlobSealer.sealedKeyByteCount]), .key, id)
            result += others[index].seal(clear, .key, id)
            for place in clear.indices { clear[place] = 0 }
        }
        return result
    }
}
