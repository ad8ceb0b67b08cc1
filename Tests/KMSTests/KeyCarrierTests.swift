import AWS
import Authorization
import Crypto
import Door
import IAMService
import Journal
import KMSAPI
import KeyEngine
import KeyVault
import Storage
import Testing
import World

@testable import KMSService

/// Defends the way of keys from one root to another: step by step, and with nothing left behind.
@Suite struct KeyCarrierTests {
    private let world: World
    private let folder: DataFolder
    private let store: Store
    private let keys = Keys(names: IAMPrincipals())
    private let engine: SoftwareKeyEngine
    private let account: AccountID
    private let clear = Array("attack at dawn".utf8)

    init() async throws {
        let clock = ManualClock(Instant(seconds: 1_700_000_000))
        world = World(
            clock: clock, entropy: SystemEntropy(), log: Log(level: .error, clock: clock, sink: { _ in }))
        folder = try DataFolder.temporary()
        store = try Store(
            in: folder, schema: IAMService.schemas + [Journal.schema, KMSService.schema], log: world.log)
        engine = try SoftwareKeyEngine(SoftwareKeyVault.ephemeral(), threads: 1)
        account = try #require(AccountID("111122223333"))
    }

    /// Symmetric keys, as CreateKey makes them; of `kind`, as an earlier version made them.
    private func make(_ count: Int, _ kind: KeyMaterialKind = .textKeys) async throws -> [String] {
        var ids: [String] = []
        for _ in 0..<count {
            let id = world.identifiers.uuid()
            let made = try await engine.generate(kind, for: KMSKey.context(account, id, 1))
            let new = NewKey(
                account: account, region: .usEast1, id: id, plan: KeyPlan(), description: "",
                policy: KeyPolicy.ordinary(account, .usEast1))
            try await store.write { [world] transaction in
                try new.write(world.clock.now(), &transaction)
                try new.write(made, number: 1, world.identifiers, world.clock.now(), &transaction)
            }
            ids.append(id)
        }
        return ids
    }

    private func key(_ id: String) throws -> KMSKey {
        try #require(try store.read { snapshot in try keys.find(id, in: account, .usEast1, snapshot) })
    }

    private var cipher: TextCipher { TextCipher(engine: engine, publicKeys: PublicKeys(engine)) }

    private func encrypt(_ id: String) throws -> [UInt8] {
        try #require(try cipher.encryptNow(clear, as: Encryption(try key(id), by: nil, ["a": "b"])))
    }

    private func decrypt(_ blob: [UInt8]) throws -> [UInt8]? {
        let text = try #require(Ciphertext(blob))
        let key = try key(text.header.key)
        let material = try #require(key.materials.first { $0.number == text.header.number })
        return try cipher.decryptNow(
            Decryption(
                key: key, material: material, text: .symmetric(text), algorithm: .symmetricDefault, context: ["a": "b"])
        )
    }

    private func set(_ wrapped: [UInt8], of key: String) async throws {
        try await store.write { transaction in
            try transaction.run("UPDATE kms_material SET wrapped = ? WHERE key = ?", .blob(wrapped), .text(key))
        }
    }

    private func move() { engine.move(to: SecretKeeper(SecretBytes(randomCount: 32))) }

    @Test("material from before goes on with version 1, new material has a key for each text")
    func versions() async throws {
        let (old, new) = (try await make(1, .aes256)[0], try await make(1)[0])
        #expect(try key(old).materials.map(\.derives) == [false])
        #expect(try key(new).materials.map(\.derives) == [true])
        for (id, version) in [(old, UInt8(1)), (new, 2)] {
            let text = try encrypt(id)
            #expect(text[0] == version && text.count == 27 + 28 + clear.count + (version == 2 ? 16 : 0))
            #expect(try decrypt(text) == clear)
        }
    }

    @Test("keys are taken over some at a time, by whoever goes on, and are of use all the while")
    func steps() async throws {
        var texts = try await make(7).map(encrypt)
        texts += try await make(3, .aes256).map(encrypt)
        let before = try KeyCarrier(store, engine, world.log).progress()
        #expect(before == .init(total: 10, left: 0))
        move()
        for left in [7, 4, 1, 0] {
            // A new one each time, as after a crash.
            let carrier = KeyCarrier(store, engine, world.log)
            #expect(try await carrier.carry(3) == .more)
            #expect(try carrier.progress() == .init(total: 10, left: left))
            #expect(try await carrier.settle() == (left == 0))
            for text in texts { #expect(try decrypt(text) == clear) }
        }
        #expect(!engine.hasFormer)
        #expect(try await KeyCarrier(store, engine, world.log).carry(3) == .end(failed: 0))
        for text in texts { #expect(try decrypt(text) == clear) }
    }

    @Test("a key that cannot be taken over stays, and the former root for its sake")
    func damaged() async throws {
        let ids = try await make(5)
        let texts = try ids.map(encrypt)
        let broken = ids[2]
        let whole = try #require(try key(broken).materials[0].wrapped)
        try await set(whole + [0], of: broken)
        move()
        let carrier = KeyCarrier(store, engine, world.log)
        #expect(try await carrier.carry(100) == .more)
        #expect(try await carrier.carry(100) == .end(failed: 1))
        #expect(try carrier.progress() == .init(total: 5, left: 1))
        #expect(try await !carrier.settle() && engine.hasFormer)
        for (id, text) in zip(ids, texts) where id != broken { #expect(try decrypt(text) == clear) }
        // Mended, it comes along with the next round.
        try await set(whole, of: broken)
        #expect(try await carrier.carry(100) == .more)
        #expect(try await carrier.carry(100) == .end(failed: 0))
        #expect(try await carrier.settle())
        for text in texts { #expect(try decrypt(text) == clear) }
    }

    @Test("a row that tells not what it is keeps the former root, and no other key from its way")
    func unreadable() async throws {
        let ids = try await make(5)
        try await store.write { transaction in
            try transaction.run("PRAGMA defer_foreign_keys = ON")
            try transaction.run("UPDATE kms_key SET spec = 'UNKNOWN' WHERE id = ?", .text(ids[1]))
        }
        move()
        let carrier = KeyCarrier(store, engine, world.log)
        #expect(try await carrier.carry(2) == .more)
        #expect(try await carrier.carry(10) == .more)
        #expect(try await carrier.carry(10) == .end(failed: 1))
        #expect(try carrier.progress() == .init(total: 5, left: 1) && carrier.carried == 4)
        try await carrier.rehearse()
    }

    @Test("an end that is not committed is none: the former root stays of use")
    func endThatFails() async throws {
        struct Full: Error {}
        _ = try await make(1)
        let late = try await engine.generate(.textKeys, for: KMSKey.context(account, world.identifiers.uuid(), 1))
        move()
        let carrier = KeyCarrier(store, engine, world.log)
        #expect(try await carrier.carry(100) == .more)
        await #expect(throws: Full.self) {
            try await carrier.settle { [engine] _ in
                // From here to the commit nobody stores one.
                #expect(!engine.keeps(late.key.wrapped) && engine.hasFormer)
                throw Full()
            }
        }
        #expect(engine.hasFormer && engine.keeps(late.key.wrapped))
        #expect(try await carrier.settle() && !engine.hasFormer && !engine.keeps(late.key.wrapped))
    }

    @Test("a key that was made before the change may be stored during it, and not after it")
    func late() async throws {
        _ = try await make(1)
        let made = try await engine.generate(.textKeys, for: KMSKey.context(account, world.identifiers.uuid(), 1))
        move()
        try KeyWork.requireKept(made.key.wrapped, nil, by: engine)
        let carrier = KeyCarrier(store, engine, world.log)
        #expect(try await carrier.carry(100) == .more)
        #expect(try await carrier.settle())
        #expect(throws: KMS.KMSInternalException.self) { try KeyWork.requireKept(made.key.wrapped, by: engine) }
        let next = try await engine.generate(.textKeys, for: KMSKey.context(account, world.identifiers.uuid(), 1))
        try KeyWork.requireKept(next.key.wrapped, by: engine)
    }

    @Test("what is deleted or changed while it is on its way is not brought back")
    func overtaken() async throws {
        let id = try await make(1)[0]
        let start = engine.presentStart
        move()
        let found = try store.read { snapshot in
            try StoredKey.all(notStarting: engine.presentStart, after: .none, limit: 10, snapshot)
        }
        let stored = try #require(found.keys.first)
        #expect(stored.key.wrapped.bytes.starts(with: start) && stored.row.name.contains(id))
        let moved = try await engine.rewrap(stored.key, for: stored.key.context)
        try await store.write { transaction in
            try transaction.run("UPDATE kms_material SET wrapped = NULL WHERE key = ?", .text(id))
            _ = try stored.replace(by: moved, &transaction)
        }
        #expect(try key(id).materials.map(\.wrapped) == [nil])
    }
}
