import Foundation
import Storage
import Testing
import World

/// An engine that the contract's tests run over. One more is one line in `all`.
struct Engine: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// A folder of its own, and the engine in it.
    private let folder: @Sendable () throws -> DataFolder
    private let open: @Sendable (DataFolder, [SchemaPart]) throws -> any StorageEngine

    static let all = [memory, disk]

    /// SQLite in a folder in memory, where nothing is synced.
    static let memory = Engine(testDescription: "SQLite in memory", folder: DataFolder.temporary) {
        try Store(in: $0, schema: $1, log: Bench.quiet)
    }

    /// SQLite in an ordinary folder.
    static let disk = Engine(
        testDescription: "SQLite on disk",
        folder: { try DataFolder.open(NSTemporaryDirectory() + "/engine-" + UUID().uuidString) },
        open: { try Store(in: $0, schema: $1, log: Bench.quiet) })

    func start() throws -> (DataFolder, any StorageEngine) {
        let folder = try folder()
        return (folder, try start(in: folder))
    }

    /// Starts again on what an engine before left in the folder.
    func start(in folder: DataFolder) throws -> any StorageEngine { try open(folder, [Bench.schema]) }
}

// The contract's calls with what they usually ask.
extension StorageEngine {
    @discardableResult
    func write<R: Sendable>(
        _ durability: Durability = .synced, _ body: @escaping @Sendable (inout Transaction) throws -> R
    ) async throws -> R {
        try await write(durability, isReclaiming: false, body)
    }

    @discardableResult
    func append<R: Sendable>(_ body: @escaping @Sendable (inout Transaction) throws -> R) async throws -> R {
        try await append(.written, body)
    }

    func submit(
        _ body: @escaping @Sendable (inout Transaction) throws -> Void,
        done: @escaping @Sendable ((any Error)?) -> Void = { _ in }
    ) {
        submit(.written, isInfallible: true, body, done: done)
    }
}
