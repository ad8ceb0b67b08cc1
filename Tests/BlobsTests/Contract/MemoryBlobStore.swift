@testable import Blobs
import Crypto
import World

/// The shortest engine that keeps the contract: sealed blobs in a dictionary.
final class MemoryBlobStore: BlobStore {
    private struct Group {
        var readers = 0
        var outdated: [BlobID]?
    }

    let blobs = Lock<[BlobID: [UInt8]]>([:])
    fileprivate let frame = 16
    fileprivate let inlineLimit = 4
    private let sealer = BlobSealer(key: SecretBytes([UInt8](repeating: 7, count: 32)))
    private let groups = Lock<[BlobID: Group]>([:])

    func writer(_ cover: BlobCover) -> any BlobWriter { MemoryBlobWriter(self, cover.sealers(sealer)) }

    func reader(_ reference: BlobReference, range: Range<Int64>, _ cover: BlobCover) async throws -> any BlobReader {
        let content = try content(reference, cover.sealers(sealer))
        return MemoryBlobReader(Array(content[Int(range.lowerBound)..<Int(range.upperBound)]))
    }

    private func content(_ reference: BlobReference, _ sealers: [BlobSealer]) throws -> [UInt8] {
        let id = reference.id
        guard case .file(let frame, let sealedKey) = reference.place else {
            guard case .inline(let sealed) = reference.place else { return [] }
            let content = try sealers.open(sealed, id)
            guard content.count == reference.length else { throw BlobError.corrupt(id, frame: 0) }
            return content
        }
        let keys = try sealers.dataKeys(sealedKey, id)
        let framing = Framing(id: id, frame: frame, layers: keys.count)
        let sealed = try sealed(reference)
        let count = framing.count(reference.length)
        return try (0..<count).flatMap { index in
            let start = Int(framing.offset(index))
            let size = framing.size(index, of: reference.length)
            var part = Array(sealed[start..<start + size])
            let tags = sealed[start + size..<start + size + framing.tag]
            do {
                try framing.open(&part, 0..<size, under: keys, index, isLast: index == count - 1, tags: tags)
            } catch { throw BlobError.corrupt(id, frame: index) }
            return part
        }
    }

    private func sealed(_ reference: BlobReference) throws -> [UInt8] {
        guard let sealed = blobs.withLock({ $0[reference.id] }) else { throw BlobError.missing(reference.id) }
        guard Int64(sealed.count) == reference.fileLength else { throw BlobError.corrupt(reference.id, frame: 0) }
        return sealed
    }

    func delete(_ reference: BlobReference) async throws { remove([reference.id]) }

    func delete(_ references: [BlobReference], of group: BlobID) async throws {
        let isHeld = groups.withLock { groups in
            groups[group, default: Group()].outdated = references.map(\.id)
            return groups[group]?.readers ?? 0 > 0
        }
        if isHeld { return }
        remove(references.map(\.id))
        groups.withLock { $0[group] = nil }
    }

    func hold(_ group: BlobID) -> (any BlobHold)? {
        let isThere = groups.withLock { groups in
            guard groups[group]?.outdated == nil else { return false }
            groups[group, default: Group()].readers += 1
            return true
        }
        return isThere ? MemoryBlobHold(self, group) : nil
    }

    fileprivate func release(_ group: BlobID) {
        let outdated: [BlobID]? = groups.withLock { groups in
            groups[group]?.readers -= 1
            guard groups[group]?.readers == 0 else { return nil }
            return groups.removeValue(forKey: group)?.outdated
        }
        remove(outdated ?? [])
    }

    private func remove(_ ids: [BlobID]) {
        blobs.withLock { blobs in
            for id in ids { blobs[id] = nil }
        }
    }

    func moved(_ reference: BlobReference, from cover: BlobCover, to new: BlobCover) throws(BlobError) -> BlobReference
    {
        try reference.moved(from: cover.sealers(sealer), to: new.sealers(sealer))
    }

    func inspect(_ reference: BlobReference, pause: (Int) async throws -> Void) async throws -> Bool {
        let sealed: [UInt8]
        if case .inline(let text) = reference.place { sealed = text } else { sealed = try self.sealed(reference) }
        guard let check = reference.check else { return false }
        guard BlobCheck.of(sealed) == check else { throw BlobError.changed(reference.id) }
        try await pause(sealed.count)
        return true
    }

    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result { try work() }
}

private final class MemoryBlobWriter: BlobWriter {
    private let store: MemoryBlobStore
    private let sealers: [BlobSealer]
    private let content = Lock<[UInt8]?>([])

    init(_ store: MemoryBlobStore, _ sealers: [BlobSealer]) { (self.store, self.sealers) = (store, sealers) }

    func append(_ chunk: [UInt8]) async throws {
        try content.withLock { content throws(BlobError) in
            guard content != nil else { throw .ended }
            content? += chunk
        }
    }

    func finish() async throws -> BlobReference {
        let taken = content.withLock { content in
            defer { content = nil }
            return content
        }
        guard var content = taken else { throw BlobError.ended }
        let (id, length) = (BlobID.random(), Int64(content.count))
        guard content.count > store.inlineLimit else {
            return BlobReference(id: id, inline: sealers.seal(content, id), length: length)
        }
        let (keys, sealedKey) = sealers.newDataKeys(id)
        let framing = Framing(id: id, frame: store.frame, layers: sealers.count)
        var sealed: [UInt8] = []
        for index in 0..<framing.count(length) {
            let start = Int(index) * framing.frame
            let place = start..<start + framing.size(index, of: length)
            var tags: [UInt8] = []
            framing.seal(
                &content, place, under: keys, index, isLast: index == framing.count(length) - 1, into: &tags)
            sealed += content[place] + tags
        }
        store.blobs.withLock { [sealed] in $0[id] = sealed }
        return BlobReference(
            id: id, length: length, place: .file(frame: framing.frame, key: sealedKey), check: BlobCheck.of(sealed))
    }

    func abandon() async { content.withLock { $0 = nil } }
}

private final class MemoryBlobReader: BlobReader {
    private let rest: Lock<ArraySlice<UInt8>>

    init(_ content: [UInt8]) { rest = Lock(content[...]) }

    func next() async throws -> [UInt8]? {
        rest.withLock { rest in
            let piece = Array(rest.prefix(48))
            rest = rest.dropFirst(48)
            return piece.isEmpty ? nil : piece
        }
    }
}

private final class MemoryBlobHold: BlobHold {
    private let store: MemoryBlobStore
    private let group: BlobID

    init(_ store: MemoryBlobStore, _ group: BlobID) { (self.store, self.group) = (store, group) }

    deinit { store.release(group) }
}
