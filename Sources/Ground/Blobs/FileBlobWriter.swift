import CSystem
import Crypto
import World

/// Writes the content of one new blob to a staged file, unless it is small, and gives the file its name at the end.
final class FileBlobWriter: BlobWriter {
    private let store: FileBlobStore
    private let sealers: [BlobSealer]
    /// Never contended: calls follow one another. The lock makes a caller's mistake harmless.
    private let staging: Lock<Staging?>
    private let bufferSize: Int
    private let share: BlobTraffic.Share

    init(_ store: FileBlobStore, _ sealers: [BlobSealer]) {
        (self.store, self.sealers) = (store, sealers)
        share = store.traffic.share()
        bufferSize = store.options.frame * store.traffic.frames
        staging = Lock(Staging())
    }

    deinit { discard() }

    /// Appends content. Writes only when the buffer is full.
    func append(_ chunk: [UInt8]) async throws {
        var start = 0
        repeat {
            let mustFlush = try staging.withLock { staging throws(BlobError) in
                guard staging != nil else { throw .ended }
                // A full buffer is written only when more comes: the last frame must be known as the last.
                let taken = min(chunk.count - start, bufferSize - (staging?.buffer.count ?? 0))
                staging?.take(chunk[start..<start + taken], capacity: bufferSize)
                start += taken
                return start < chunk.count
            }
            if mustFlush { try await flush() }
        } while start < chunk.count
    }

    func finish() async throws -> BlobReference {
        let inline: BlobReference? = try staging.withLock { staging throws(BlobError) in
            guard let ended = staging else { throw .ended }
            guard ended.file == nil, ended.buffer.count <= store.options.inlineLimit else { return nil }
            staging = nil
            let sealed = sealers.seal(ended.buffer, ended.id)
            return BlobReference(id: ended.id, inline: sealed, length: Int64(ended.buffer.count))
        }
        if let inline { return inline }
        return try await onPool { writer in
            try writer.writeOut(isEnd: true)
            return try writer.publish()
        }
    }

    func abandon() async { discard() }

    private func flush() async throws { try await onPool { try $0.writeOut(isEnd: false) } }

    /// A step that fails ends the writer: half of the buffer may be sealed already.
    private func onPool<R: Sendable>(_ step: @escaping @Sendable (FileBlobWriter) throws -> R) async throws -> R {
        try await store.pool.run { [self] in
            do { return try step(self) } catch {
                discard()
                if case BlobError.full = error { store.options.onFull() }
                throw error
            }
        }
    }

    /// Seals and writes the buffered frames; all of them are full unless this is the end.
    private func writeOut(isEnd: Bool) throws {
        try staging.withLock { staging in
            guard staging != nil else { throw BlobError.ended }
            try staging?.writeOut(isEnd: isEnd, store, sealers)
        }
    }

    private func publish() throws -> BlobReference {
        try staging.withLock { staging in
            guard let ended = staging, let file = ended.file else { throw BlobError.ended }
            // The name first: one sync of the file then usually makes both last. What a crash leaves before it has no
            // reference, and is swept.
            try store.folders.place(staged: ended.id)
            staging = nil
            do {
                if store.options.synchronizes { try file.sync() }
                try store.folders.sync(ended.id)
            } catch {
                try store.folders.remove(ended.id)
                throw error
            }
            return BlobReference(
                id: ended.id, length: ended.written, place: .file(frame: store.options.frame, key: ended.sealedKey),
                check: ended.check.value)
        }
    }

    private func discard() {
        let dropped = staging.withLock { staging in
            defer { staging = nil }
            return staging
        }
        if let dropped, dropped.file != nil { unlink(store.folders.staged(dropped.id)) }
    }
}
