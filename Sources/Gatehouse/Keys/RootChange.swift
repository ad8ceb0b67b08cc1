import KMSService
import KeyEngine
import KeyVault
import Observers
import PKCS11
import Storage
import World

/// Gives a running server a new root, of the same kind as the old one, and takes over what was wrapped under the old one, some
/// keys at a time.
///
/// The file of the root is replaced at once, and what is wrapped from then on is under the new root. The file names the former
/// root until nothing is under it any more, so that after a crash the next start goes on where this one ended.
final class RootChange: Chore {
    static let path = "/_gatehouse/kms/rotate-root"

    /// How far it is.
    struct Status {
        let isFinished: Bool
        /// All keys of KMS, and those that are under the new root.
        let total, done: Int
    }

    private struct State {
        var opened: VaultFolder?
        var isBeginning = false
        /// Whether a change was begun, or gone on with, since the start.
        var wasBegun = false
        /// Nothing is under the former root, and nothing can come under it; only the file still names it.
        var isSettled = false
        /// When it was first seen that nothing is left.
        var emptySince: UInt64?
        /// Nothing is tried again before.
        var restsUntil: UInt64 = 0
    }

    let name = "root key"
    private let engine: any KeyEngine
    private let carrier: KeyCarrier
    private let settings: RootSettings
    private let folder: String?
    private let world: World
    private let clock = SystemClock()
    private let state: Lock<State>
    /// Devices and passphrases take their time.
    private let pool = BlockingPool("root", threads: 1, limit: 16)

    /// Keys taken over between two looks of the chores' runner.
    private static let atOnce = 20
    /// A request that was given a wrapped key before it was taken over has that long to use it, in nanoseconds.
    private static let grace: UInt64 = 3_000_000_000
    /// After a failure.
    private static let rest: UInt64 = 60_000_000_000

    /// - Parameter folder: the data folder; nil where nothing is kept.
    init(_ keys: KeyGround, _ settings: RootSettings, _ folder: String?, _ store: Store, _ world: World) {
        (engine, self.settings, self.folder, self.world) = (keys.engine, settings, folder, world)
        carrier = KeyCarrier(store, keys.engine, world.log)
        state = Lock(State(opened: keys.opened, wasBegun: keys.engine.hasFormer))
    }

    /// Nil where none was under way since the start.
    func status() -> Status? {
        let (wasBegun, isSettled) = state.withLock { ($0.wasBegun, $0.isSettled) }
        guard wasBegun, let progress = try? carrier.progress() else { return nil }
        return Status(
            isFinished: !isSettled && !engine.hasFormer, total: progress.total, done: progress.total - progress.left)
    }

    /// Makes the new root and puts it in its place. Where a change is under way nothing is begun.
    /// - Throws: `SetupError` where there is no root to change.
    func begin() async throws {
        guard let folder else { throw SetupError("this server keeps nothing, and has no root to change") }
        let opened = state.withLock { state -> VaultFolder? in
            guard !state.isBeginning, !state.isSettled, !engine.hasFormer else { return nil }
            state.isBeginning = true
            return state.opened
        }
        guard let opened else { return }
        do {
            let next = try await pool.run { [self] in try replace(folder, opened) }
            state.withLock { state in
                (state.opened, state.wasBegun, state.emptySince, state.restsUntil) = (next, true, nil, 0)
                state.isBeginning = false
            }
            world.log(.info, "the root was changed; keys of KMS are taken over")
        } catch {
            state.withLock { $0.isBeginning = false }
            throw error
        }
    }

    private func replace(_ folder: String, _ opened: VaultFolder) throws -> VaultFolder {
        let protection: RootProtection =
            if let root = opened.tokenRoot { .hsm(root.token) } else { try settings.protection() }
        let rotation = try RootRotation.prepare(folder, from: opened, to: protection, keepsFormer: true)
        if let device = engine as? DeviceKeyEngine, let root = rotation.next.tokenRoot {
            let ready: TokenKeys
            do { ready = try device.ready(root) } catch {
                try? rotation.abandon()
                throw error
            }
            try rotation.write()
            device.move(to: ready)
        } else if let software = engine as? SoftwareKeyEngine {
            let key = SecretKeeper(try rotation.next.vault.derive(.serviceKeys))
            try rotation.write()
            software.move(to: key)
        }
        return rotation.next
    }

    /// Takes some keys over; ends the change when none is left.
    func tend(_ now: Instant) async throws -> Bool {
        let (isSettled, restsUntil) = state.withLock { ($0.isSettled, $0.restsUntil) }
        guard engine.hasFormer || isSettled, clock.monotonicNanoseconds() >= restsUntil else { return false }
        do {
            if isSettled { return try await finish() }
            switch try await carrier.carry(RootChange.atOnce) {
            case .more: return true
            case .end(let failed):
                if failed > 0 { rest() }
                return try await end()
            }
        } catch {
            rest()
            throw error
        }
    }

    private func rest() { state.withLock { $0.restsUntil = clock.monotonicNanoseconds() &+ RootChange.rest } }

    private func end() async throws -> Bool {
        let now = clock.monotonicNanoseconds()
        let isEmpty = try carrier.progress().left == 0
        let isDue = state.withLock { state -> Bool in
            guard isEmpty else {
                state.emptySince = nil
                return false
            }
            let since = state.emptySince ?? now
            state.emptySince = since
            return now &- since >= RootChange.grace
        }
        guard isDue, try await carrier.settle() else { return false }
        state.withLock { $0.isSettled = true }
        return try await finish()
    }

    private func finish() async throws -> Bool {
        guard let folder, let opened = state.withLock({ $0.opened }) else { return false }
        let next = try await pool.run { [settings] in
            let protection: RootProtection =
                if let root = opened.tokenRoot { .hsm(root.token) } else { try settings.protection() }
            return try RootRotation.finish(folder, opened, protection)
        }
        state.withLock { state in
            state.opened = next
            state.isSettled = false
        }
        world.log(.info, "the change of the root is finished")
        return false
    }
}
