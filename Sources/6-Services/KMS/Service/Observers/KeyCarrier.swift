import Crypto
public import KeyEngine
public import Storage
public import World

/// Takes keys of KMS over from the former root to the present one, some at a time.
///
/// A key is wrapped anew, shown by use to be the same, and put in the place of the old one; who reads it meanwhile finds the one
/// or the other, and the engine knows both. Cut short at any point it is begun again: what is done is no longer found.
public final class KeyCarrier: Sendable {
    /// How far it is.
    public struct Progress: Sendable, Equatable {
        /// All keys, and those that are still under the former root.
        public let total, left: Int
    }

    /// What a step came to.
    public enum Step: Sendable, Equatable {
        /// There are keys after those.
        case more
        /// There are none. So many could not be taken over; the next step begins with the first of them.
        case end(failed: Int)
    }

    private let store: Store
    private let engine: any KeyEngine
    private let log: Log
    /// Where the next keys are looked for, and what could not be done since the beginning.
    private let state = Lock((row: MaterialRow.none, failed: 0, carried: 0))

    /// Keeps nothing of its own.
    public init(_ store: Store, _ engine: any KeyEngine, _ log: Log) {
        (self.store, self.engine, self.log) = (store, engine, log)
    }

    /// How many it has taken over.
    public var carried: Int { state.withLock { $0.carried } }

    /// How far it is, by what is stored.
    public func progress() throws -> Progress {
        let start = engine.presentStart
        return try store.read { snapshot in
            Progress(
                total: try KeysUnderRoot.count(snapshot),
                left: engine.hasFormer ? try KeysUnderRoot.count(notStarting: start, snapshot) : 0)
        }
    }

    /// Takes the next keys over.
    /// - Throws: where the engine is away. What was done until then is stored, and the next step begins after the key at which it
    ///   was away: should that be the key's fault, the others come along all the same.
    public func carry(_ limit: Int) async throws -> Step {
        let (start, row) = (engine.presentStart, state.withLock { $0.row })
        let found = try store.read { snapshot in
            try StoredKey.all(notStarting: start, after: row, limit: limit, snapshot)
        }
        guard let last = found.last else {
            return .end(
                failed: state.withLock { state in
                    defer { (state.row, state.failed) = (.none, 0) }
                    return state.failed
                })
        }
        for name in found.unreadable { fail(name, "its row does not tell what it is") }
        var (carried, loss): ([(StoredKey, EngineKey)], (at: MaterialRow, error: KeyEngineError)?) = ([], nil)
        for stored in found.keys {
            do throws(KeyEngineError) { carried.append((stored, try await taken(stored))) } catch {
                fail(stored.row.name, "\(error)")
                // A device that is away takes none of the others either.
                guard case .unavailable = error else { continue }
                loss = (stored.row, error)
                break
            }
        }
        try await keep(carried)
        state.withLock { $0.row = loss?.at ?? last }
        if let loss { throw loss.error }
        return .more
    }

    private func keep(_ carried: [(StoredKey, EngineKey)]) async throws {
        guard !carried.isEmpty else { return }
        let isStored = try await store.write(.synced) { transaction in
            let done = try carried.map { stored, key in try stored.replace(by: key, &transaction) }
            transaction.eraseTraces()
            return done
        }
        for ((stored, key), isStored) in zip(carried, isStored) {
            engine.forget(stored.key)
            if !isStored { engine.forget(key) }
        }
        state.withLock { $0.carried += isStored.count { $0 } }
    }

    private func fail(_ name: String, _ reason: String) {
        state.withLock { $0.failed += 1 }
        log(.error, "a key of KMS could not be taken over", ["key": name, "reason": reason])
    }

    /// Whether all that can be known says that nothing is under the former root any more. From the commit of this on, nothing
    /// that was wrapped under it is stored: see `KeyEngine.keeps`.
    /// - Parameter record: writes what is to be known of the end, in the same transaction.
    public func settle(_ record: @escaping @Sendable (inout Transaction) throws -> Void = { _ in }) async throws -> Bool
    {
        do {
            let isEmpty = try await store.write(.synced) { [engine] transaction in
                let start = engine.presentStart
                guard try KeysUnderRoot.count(notStarting: start, transaction.snapshot) == 0 else { return false }
                // Whoever comes after this in the same batch stores no such key either.
                engine.refuseFormer(true)
                try record(&transaction)
                return true
            }
            if isEmpty { engine.forgetFormer() } else { engine.refuseFormer(false) }
            return isEmpty
        } catch {
            // Nothing of it was committed, nor what the batch removed before it: the former root may still be needed.
            engine.refuseFormer(false)
            throw error
        }
    }

    /// Tries one key of each kind, and stores nothing.
    /// - Throws: why one cannot be taken over.
    public func rehearse() async throws {
        let start = engine.presentStart
        var (row, kinds): (MaterialRow, [UInt8]) = (.none, [])
        while true {
            let from = row
            let found = try store.read { snapshot in
                try StoredKey.all(notStarting: start, after: from, limit: 1000, snapshot)
            }
            for stored in found.keys where !kinds.contains(stored.key.kind.code) {
                kinds.append(stored.key.kind.code)
                let key = try await taken(stored)
                engine.forget(key)
                engine.forget(stored.key)
            }
            guard let last = found.last else { return }
            row = last
        }
    }

    private func taken(_ stored: StoredKey) async throws(KeyEngineError) -> EngineKey {
        let key = try await engine.rewrap(stored.key, for: stored.key.context)
        guard try await engine.isSame(key, as: stored.key, publicKey: stored.publicKey) else {
            throw .failed("a key that was wrapped anew is another one")
        }
        return key
    }
}
