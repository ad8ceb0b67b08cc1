import AWS
import KMSAPI
import Storage
import Testing
import World

@testable import KMSService

/// Defends the dates of a rhythm: the next is always to come, and in step.
@Suite struct RotationTests {
    private func day(_ number: Int64) -> Instant { Instant(milliseconds: number * 86_400_000) }

    @Test func theNextDateIsToCome() {
        #expect(Rotation.following(day(10), every: 90, day(10)) == day(100))
        #expect(Rotation.following(day(10), every: 90, day(99)) == day(100))
        #expect(Rotation.following(day(10), every: 90, day(100)) == day(190))
        // A server that was away for years rotates once, and is in step again.
        #expect(Rotation.following(day(10), every: 90, day(999)) == day(1000))
        #expect(Rotation.following(day(10), every: 90, day(1000)) == day(1090))
    }
}

/// Defends rotations to imported material: none to what cannot be used any more, in any Region of the key.
@Suite struct PendingMaterialTests {
    /// A key in two Regions, and material for its next rotation, imported until some second in each; nil for not at all.
    private func bench(until own: Int64, _ other: Int64?) async throws -> (KeyBench, KMSKey) {
        let bench = try await KeyBench()
        let id = try await bench.make("test")
        let (account, other) = (SQLValue.text(bench.account.description), other)
        try await bench.store.write { transaction in
            try transaction.run(
                "UPDATE kms_key SET origin = 'EXTERNAL', primary_region = region WHERE id = ?", .text(id))
            try transaction.run(
                """
                INSERT INTO kms_key (account, region, id, spec, usage, origin, manager, description, created, enabled, policy,
                    primary_region)
                SELECT account, 'us-west-2', id, spec, usage, origin, manager, '', 0, 1, policy, region FROM kms_key
                    WHERE id = ?
                """, .text(id))
            try transaction.run(
                """
                INSERT INTO kms_material (account, key, number, id, wrapped, created, pending)
                VALUES (?, ?, 2, 'm', x'00', 0, 1)
                """, account, .text(id))
            for (region, seconds) in [("us-east-1", own), ("us-west-2", other)] {
                guard let seconds else { continue }
                try transaction.run(
                    "INSERT INTO kms_import VALUES (?, ?, ?, 2, ?)", account, .text(region), .text(id),
                    .int(Instant(seconds: seconds).milliseconds))
            }
        }
        return (bench, try #require(try bench.find(id)))
    }

    @Test(
        arguments: [(110, 110, true), (110, nil, false), (100, 110, false), (110, 100, false)]
            as [(Int64, Int64?, Bool)])
    func isOfUseEverywhere(_ own: Int64, _ other: Int64?, _ isFound: Bool) async throws {
        let (bench, key) = try await bench(until: own, other)
        let now = Instant(seconds: 100)
        try bench.store.read { snapshot in
            guard !isFound else {
                #expect(try Imports.pending(of: key, now, snapshot).number == 2)
                return
            }
            do {
                _ = try Imports.pending(of: key, now, snapshot)
                Issue.record("the key was to be rotated")
            } catch is KMS.KMSInvalidStateException {}
        }
    }
}
