import CSystem
import Crypto

/// A blob on its way to the disk: what is buffered, and the staged file once there is one.
struct Staging: Sendable {
    /// How many bytes of content are written before the disk is asked to begin with them.
    private static let stride: Int64 = 8 << 20

    let id = BlobID.random()
    var buffer: [UInt8] = []
    /// Bytes of content in the file.
    private(set) var written: Int64 = 0
    private(set) var file: BlobFile?
    private(set) var sealedKey: [UInt8] = []
    /// Of what is in the file.
    private(set) var check = BlobCheck()
    private var keys: [AESGCM] = []
    private var tags: [UInt8] = []

    mutating func take(_ chunk: ArraySlice<UInt8>, capacity: Int) {
        // Small contents stay small: the whole buffer is made only when it will be needed.
        if buffer.count + chunk.count > buffer.capacity, buffer.count > 0 { buffer.reserveCapacity(capacity) }
        buffer += chunk
    }

    /// Seals the buffered frames where they lie and appends them to the file.
    mutating func writeOut(isEnd: Bool, _ store: FileBlobStore, _ sealers: [BlobSealer]) throws(BlobError) {
        let framing = Framing(id: id, frame: store.options.frame, layers: sealers.count)
        try open(store, sealers)
        guard let file else { return }
        let first = written / Int64(framing.frame)
        let count = Int(framing.count(Int64(buffer.count)))
        tags.removeAll(keepingCapacity: true)
        for index in 0..<count {
            let range = index * framing.frame..<min((index + 1) * framing.frame, buffer.count)
            let number = first + Int64(index)
            framing.seal(&buffer, range, under: keys, number, isLast: isEnd && index == count - 1, into: &tags)
            // At once, while the processor has the frame at hand.
            buffer.withUnsafeBytes { check.update(UnsafeRawBufferPointer(rebasing: $0[range])) }
            tags.withUnsafeBytes { check.update(UnsafeRawBufferPointer(rebasing: $0.suffix(framing.tag))) }
        }
        try ScatteredFrames.with(&buffer, &tags, framing) { parts throws(BlobError) in
            try file.write(parts, at: framing.offset(first))
        }
        let before = written
        written += Int64(buffer.count)
        // Long contents go to the disk as they come, so that the sync at the end is short.
        if store.options.synchronizes, written / Staging.stride > before / Staging.stride { file.beginWriteBack() }
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func open(_ store: FileBlobStore, _ sealers: [BlobSealer]) throws(BlobError) {
        guard file == nil else { return }
        guard store.options.hasRoom() else { throw .full }
        file = try BlobFile(creating: store.folders.staged(id))
        (keys, sealedKey) = sealers.newDataKeys(id)
    }
}
