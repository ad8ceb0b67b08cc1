import Crypto
import World

/// The check of a blob's sealed bytes, as they lie: CRC-64 of NVM Express. Who changes them on purpose can make one that fits;
/// it finds what a disk does. Against people each frame has its tag.
typealias BlobCheck = CRC64NVME

extension BlobCheck {
    /// Of all of `sealed`.
    static func of(_ sealed: [UInt8]) -> UInt64 {
        var check = BlobCheck()
        check.update(sealed)
        return check.value
    }
}

extension FileBlobStore {
    /// Reads the file, where there is one, in pieces.
    public func inspect(
        _ reference: BlobReference, pause: (Int) async throws -> Void = { _ in }
    ) async throws -> Bool {
        switch reference.place {
        case .inline(let sealed):
            guard let check = reference.check else { return false }
            guard BlobCheck.of(sealed) == check else { throw BlobError.changed(reference.id) }
        case .file(let frame, let key):
            let framing = Framing(id: reference.id, frame: frame, layers: key.count / BlobSealer.sealedKeyByteCount)
            let file = try await pool.run { [folders] in
                try FileBlobReader.open(folders.place(reference.id), reference, framing)
            }
            guard let check = reference.check else { return false }
            let found = try await self.check(of: file, reference, framing.fileLength(reference.length), pause)
            guard found == check else { throw BlobError.changed(reference.id) }
        }
        return true
    }

    private func check(
        of file: BlobFile, _ reference: BlobReference, _ length: Int64, _ pause: (Int) async throws -> Void
    ) async throws -> UInt64 {
        let size = Int64(options.frame * options.framesAtOnce)
        var (check, offset) = (BlobCheck(), Int64(0))
        while offset < length {
            let (count, start, before) = (Int(min(size, length - offset)), offset, check)
            check = try await pool.run {
                guard let piece = try file.read(count, at: start) else { throw BlobError.changed(reference.id) }
                var check = before
                check.update(piece)
                return check
            }
            offset += Int64(count)
            try await pause(count)
        }
        return check.value
    }
}
