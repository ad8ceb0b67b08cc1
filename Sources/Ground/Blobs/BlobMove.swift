/// What a blob lies under changes; its content, and the file that has it, do not.
extension BlobReference {
    /// Opened and sealed anew, as `BlobStore.moved` says.
    func moved(from opening: [BlobSealer], to sealing: [BlobSealer]) throws(BlobError) -> BlobReference {
        guard opening.count == sealing.count else { throw .invalidReference }
        switch place {
        case .inline(let sealed):
            let content = try opening.open(sealed, id)
            guard content.count == length else { throw .corrupt(id, frame: 0) }
            return BlobReference(id: id, inline: sealing.seal(content, id), length: length)
        case .file(let frame, let key):
            return BlobReference(
                id: id, length: length, place: .file(frame: frame, key: try opening.moved(key, to: sealing, id)),
                check: check)
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
