@testable import Blobs
import Crypto
import Foundation
import World

/// The engines that must keep the contract of `BlobStore`.
enum BlobEngine: String, CaseIterable, Sendable {
    case files, memory
}

/// A store of one engine, with frames of 16 bytes, of which up to three are read at once, and contents up to 4 bytes inline.
final class Bench: Sendable {
    let store: any BlobStore
    private let yard: Yard?
    private let memory: MemoryBlobStore?

    init(_ engine: BlobEngine) throws {
        switch engine {
        case .files:
            let yard = try Yard()
            (self.yard, memory, store) = (yard, nil, yard.store)
        case .memory:
            let memory = MemoryBlobStore()
            (yard, self.memory, store) = (nil, memory, memory)
        }
    }

    func write(_ content: [UInt8], chunk size: Int = 7, _ cover: BlobCover = .store) async throws -> BlobReference {
        let writer = store.writer(cover)
        for start in stride(from: 0, to: content.count, by: size) {
            try await writer.append(Array(content[start..<min(start + size, content.count)]))
        }
        return try await writer.finish()
    }

    func read(
        _ reference: BlobReference, _ range: Range<Int64>? = nil, _ cover: BlobCover = .store
    ) async throws -> [UInt8] {
        let reader = try await store.reader(reference, range: range ?? 0..<reference.length, cover)
        var content: [UInt8] = []
        while let piece = try await reader.next() {
            precondition(!piece.isEmpty)
            content += piece
        }
        return content
    }

    /// Blobs that the engine keeps, finished or not.
    var count: Int { yard?.files().count ?? memory?.blobs.withLock(\.count) ?? 0 }

    /// Changes a sealed byte of the only blob.
    func flip(_ index: Int) throws {
        memory?.blobs.withLock { blobs in
            for id in blobs.keys { blobs[id]?[index] ^= 1 }
        }
        guard let yard else { return }
        for file in yard.files().map({ URL(fileURLWithPath: $0) }) {
            var content = try Data(contentsOf: file)
            content[index] ^= 1
            try content.write(to: file)
        }
    }

    /// Loses the last sealed byte of the only blob.
    func cut() throws {
        memory?.blobs.withLock { blobs in
            for id in blobs.keys { blobs[id]?.removeLast() }
        }
        guard let yard else { return }
        for file in yard.files().map({ URL(fileURLWithPath: $0) }) {
            try Data(contentsOf: file).dropLast().write(to: file)
        }
    }
}

func key(_ byte: UInt8) -> BlobKey { BlobKey(SecretBytes([UInt8](repeating: byte, count: 32))) }

extension BlobReference {
    /// As former versions stored it.
    func withoutCheck() throws -> BlobReference {
        var bytes = encoded
        bytes[0] -= 2
        bytes.removeSubrange(25..<33)
        return try BlobReference(decoding: bytes)
    }
}
