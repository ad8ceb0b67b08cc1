import Door
import Storage
import Testing
import WebAuthn
import World

@testable import IAMService

/// Devices of all kinds, and codes that were guessed at while a lock was for its owner everywhere.
enum FactorUpgrades {
    static let all = [
        FormerStore(
            IAMService.factorSchema, before: 2, "devices and locks, no security keys", changing: ["iam_factor_attempt"],
            fill: { try fill(&$0) }, check: check),
        FormerStore(
            IAMService.factorSchema, before: 3, "devices, security keys and locks", changing: ["iam_factor_attempt"],
            fill: { transaction in
                try fill(&transaction)
                try fillKeys(&transaction)
            },
            check: { store in
                try await checkKeys(store)
                try await check(store)
            }),
    ]

    private static func fill(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_mfa_device (serial, kind, account, id, owner, enabled, seed, drift, used) VALUES
                ('arn:1', 'virtual', '111122223333', 'i1', 'AIDAONE', 5, x'01', -2, 77),
                ('arn:2', 'virtual', '111122223333', 'i2', NULL, NULL, x'02', 0, 0),
                ('GAHT1', 'hardware', NULL, 'i3', NULL, NULL, x'03', 1, 12),
                ('GAHT2', 'hardware', '444455556666', 'i4', '444455556666', 9, x'04', 0, 3)
            """)
        try transaction.run(
            """
            INSERT INTO iam_factor_attempt (owner, failures, locked_until)
            VALUES ('AIDAONE', 7, 99000), ('444455556666', 2, 0), ('AIDAGONE', 50, 4000000)
            """)
    }

    private static func fillKeys(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_mfa_device (serial, kind, account, id, owner, enabled)
            VALUES ('arn:3', 'u2f', '111122223333', 'i5', 'AIDAONE', 1)
            """)
        try transaction.run(
            "INSERT INTO iam_security_key VALUES (x'0a', 'arn:3', 'localhost', -7, x'0b', 4294967295, x'00')")
        try transaction.run("INSERT INTO iam_key_challenge VALUES (x'01', 1000)")
    }

    /// A lock is one on both ways, from wherever a code comes.
    @Sendable private static func check(_ store: Store) async throws {
        let now = Instant(seconds: 50)
        try store.read { snapshot in
            let locks: [(String, Int64, Int64?)] = [("AIDAONE", 7, 99), ("444455556666", 2, nil), ("AIDANEW", 0, nil)]
            for (owner, failures, end) in locks {
                for way in [FactorPlace.Way.call, .console] {
                    let lock = try FactorLock.find(owner, at: FactorPlace(way, from: "192.0.2.1"), now, snapshot)
                    #expect(lock.failures == failures && lock.end(at: now) == end.map(Instant.init(seconds:)))
                }
            }
            let device = try #require(try MFADevice.find("arn:1", snapshot))
            #expect(device.owner == "AIDAONE" && device.used == 77 && device.drift == -2)
            #expect(try MFADevice.find("GAHT1", snapshot)?.account == nil)
            #expect(try MFADevice.counts(in: .second, snapshot) == (1, 1))
        }
        try await store.write { transaction in
            let place = FactorPlace(.call, from: "192.0.2.1")
            try FactorLock.find("AIDAONE", at: place, now, transaction.snapshot).open(&transaction)
            let other = try FactorLock.find("AIDAONE", at: FactorPlace(.console, from: ""), now, transaction.snapshot)
            try demand(other.failures == 7, "the other way stays locked")
            try FactorLock.open("AIDAONE", &transaction)
            let left = try transaction.number("SELECT count(*) FROM iam_factor_lock")
            try demand(left == 4)
        }
    }

    /// A key goes with its device.
    private static func checkKeys(_ store: Store) async throws {
        try await store.write { transaction in
            let key = try present(try StoredSecurityKey.find([0x0a], transaction.snapshot))
            try demand(key.serial == "arn:3" && key.key.counter == .max && key.key.algorithm == -7)
            try demand(try StoredSecurityKey.all(of: "AIDAONE", host: "localhost", transaction.snapshot).count == 1)
            try present(try MFADevice.find("arn:3", transaction.snapshot)).release(&transaction)
            try demand(try StoredSecurityKey.find([0x0a], transaction.snapshot) == nil)
        }
    }
}
