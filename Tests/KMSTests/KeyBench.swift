import AWS
import Foundation
import IAMService
import Journal
import KeyEngine
import KeyVault
import Storage
import Testing
import World

@testable import KMSService

/// A store with keys in it, their engine, and a clock that a test moves.
struct KeyBench {
    let clock = ManualClock(Instant(seconds: 1_700_000_000))
    let world: World
    let folder: DataFolder
    let store: Store
    let journal: Journal
    let keys = Keys(names: IAMPrincipals())
    let engine: SoftwareKeyEngine
    let account: AccountID
    private let service: KeysOfServices

    init() async throws {
        world = World(clock: clock, entropy: SystemEntropy(), log: Log(level: .error, clock: clock, sink: { _ in }))
        folder = try DataFolder.temporary()
        store = try Store(
            in: folder, schema: IAMService.schemas + [Journal.schema, KMSService.schema], log: world.log)
        journal = try Journal(store, in: folder)
        _ = try await journal.start()
        engine = try SoftwareKeyEngine(SoftwareKeyVault.ephemeral(), threads: 1)
        service = KeysOfServices(store, journal, keys, engine, world)
        account = try #require(AccountID("111122223333"))
    }

    /// A key that rotates by itself; its id.
    func make(_ name: String) async throws -> String {
        String(try await service.key(for: name, of: account, in: .usEast1).suffix(36))
    }

    func find(_ id: String) throws -> KMSKey? {
        try store.read { snapshot in try keys.find(id, in: account, .usEast1, snapshot) }
    }

    func materials(_ id: String) throws -> Int {
        try store.read { snapshot in
            Int(try snapshot.number("SELECT count(*) FROM kms_material WHERE key = ?", .text(id)))
        }
    }

    func upkeep() -> KeyUpkeep { KeyUpkeep(store, journal, keys, engine, world) }
}
