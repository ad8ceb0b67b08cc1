import AWS
import IAMService
import Journal
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
        /// What the keys of the root before are called in its token, where they stay.
        let formerRoot: String?
        /// Why it does not go on; it is tried again.
        let problem: String?
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
        var formerRoot: String?
        var problem: String?
    }

    let name = "root key"
    private let engine: any KeyEngine
    private let carrier: KeyCarrier
    private let settings: RootSettings
    private let journal: Journal
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
    init(
        _ keys: KeyGround, _ settings: RootSettings, _ folder: String?, _ store: Store, _ journal: Journal,
        _ world: World
    ) {
        (engine, self.settings, self.folder, self.journal, self.world) = (keys.engine, settings, folder, journal, world)
        carrier = KeyCarrier(store, keys.engine, world.log)
        state = Lock(
            State(
                opened: keys.opened, wasBegun: keys.engine.hasFormer, formerRoot: keys.opened?.former?.name))
    }

    /// Nil where none was under way since the start.
    func status() throws -> Status? {
        let state = state.withLock { $0 }
        guard state.wasBegun || state.isBeginning else { return nil }
        let progress = try carrier.progress()
        return Status(
            isFinished: !state.isBeginning && state.opened?.former == nil, total: progress.total,
            done: progress.total - progress.left, formerRoot: state.formerRoot, problem: state.problem)
    }

    /// Makes the new root and puts it in its place.
    /// - Parameter record: writes down, for good, that it begins: whatever a crash leaves, who did it is known. Where it throws,
    ///   nothing was changed.
    /// - Throws: `SetupError` where there is no root to change, a change is under way, or the present root does not open with what
    ///   protects it at this moment.
    func begin(_ record: () async throws -> Void) async throws {
        guard let folder else { throw SetupError("this server keeps nothing, and has no root to change") }
        let opened = state.withLock { state -> VaultFolder? in
            guard !state.isBeginning, !state.isSettled, !engine.hasFormer, state.opened?.former == nil else {
                return nil
            }
            state.isBeginning = true
            return state.opened
        }
        guard let opened else {
            throw SetupError("the root is being changed already; \(ProtectionStatus.path) tells how far it is")
        }
        defer { state.withLock { $0.isBeginning = false } }
        try await record()
        try await pool.run { [self] in try replace(folder, opened) }
        world.log(.info, "the root was changed; keys of KMS are taken over")
    }

    private func replace(_ folder: String, _ opened: VaultFolder) throws {
        let protection = try protection(opened)
        let rotation: RootRotation
        do {
            rotation = try RootRotation.prepare(folder, from: opened, by: protection, to: protection, keepsFormer: true)
        } catch KeyVaultError.wrongKey(let reason), KeyVaultError.keyFile(let reason), KeyVaultError.rootFile(
            let reason)
        {
            throw SetupError("nothing was changed: \(reason)")
        }
        if let device = engine as? DeviceKeyEngine, let root = rotation.next.tokenRoot {
            let ready: TokenKeys
            do { ready = try device.ready(root) } catch {
                try? rotation.abandon()
                throw error
            }
            try rotation.write()
            enter(rotation.next)
            device.move(to: ready)
        } else if let software = engine as? SoftwareKeyEngine {
            let key = SecretKeeper(try rotation.next.vault.derive(.serviceKeys))
            try rotation.write()
            enter(rotation.next)
            software.move(to: key)
        }
    }

    /// What the file says from now on. Before the engine moves: whoever sees that it has a former root finds its change here.
    private func enter(_ next: VaultFolder) {
        state.withLock { state in
            state = State(
                opened: next, isBeginning: true, wasBegun: true, formerRoot: next.former?.name)
        }
    }

    private func protection(_ opened: VaultFolder) throws -> RootProtection {
        if let root = opened.tokenRoot { .hsm(root.token) } else { try settings.protection() }
    }

    /// Takes some keys over; ends the change when none is left.
    func tend(_ now: Instant) async throws -> Bool {
        let state = state.withLock { $0 }
        // What is being begun is not looked at before it is there.
        guard !state.isBeginning, engine.hasFormer || state.isSettled, clock.monotonicNanoseconds() >= state.restsUntil
        else { return false }
        do {
            if state.isSettled { return try await finish() }
            switch try await carrier.carry(RootChange.atOnce) {
            case .more: return true
            case .end(let failed):
                if failed > 0 {
                    rest("\(failed) keys of KMS could not be taken over; the server's log says why")
                } else {
                    self.state.withLock { $0.problem = nil }
                }
                return try await end()
            }
        } catch {
            rest("\(error)")
            throw error
        }
    }

    private func rest(_ problem: String) {
        state.withLock { state in
            (state.restsUntil, state.problem) = (clock.monotonicNanoseconds() &+ RootChange.rest, problem)
        }
    }

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
        guard isDue, try await carrier.settle(record) else { return false }
        state.withLock { $0.isSettled = true }
        return try await finish()
    }

    /// That nothing is under the former root any more, in the trail of the first account.
    private func record(_ transaction: inout Transaction) throws {
        guard let account = try Founding.accounts(transaction.snapshot).first else { return }
        try journal.append(
            Event(
                kind: .service, id: world.identifiers.uuid(), time: world.clock.now(), account: account,
                region: .usEast1, source: "gatehouse.local", name: "FinishRootKeyRotation", isReadOnly: false,
                category: .management, identity: EventIdentity(internalTo: account),
                sourceAddress: EventIdentity.internalName, userAgent: EventIdentity.internalName, requestID: ""),
            in: &transaction)
    }

    private func finish() async throws -> Bool {
        guard let folder, let opened = state.withLock({ $0.opened }) else { return false }
        let next = try await pool.run { [self] in try RootRotation.finish(folder, opened, try protection(opened)) }
        state.withLock { state in
            (state.opened, state.isSettled, state.emptySince, state.problem) = (next, false, nil, nil)
        }
        world.log(.info, "the change of the root is finished", ["formerRoot": opened.former?.name ?? "in software"])
        return false
    }
}
