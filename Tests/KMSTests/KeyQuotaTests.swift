import AWS
import Journal
import KMSAPI
import Storage
import Testing
import World

@testable import KMSService

/// Defends the number of keys that an account may have in a Region.
@Suite struct KeyQuotaTests {
    @Test func customersKeysOfTheRegionCount() async throws {
        let clock = ManualClock(Instant(seconds: 1_700_000_000))
        let folder = try DataFolder.temporary()
        let store = try Store(
            in: folder, schema: [Journal.schema, KMSService.schema],
            log: Log(level: .error, clock: clock, sink: { _ in }))
        defer {
            store.close()
            folder.close()
        }
        let (account, other) = (try #require(AccountID("111122223333")), try #require(AccountID("444455556666")))
        let west = try #require(Region("us-west-2"))
        let keys: [(AccountID, Region, KMS.KeyManagerType)] = [
            (account, .usEast1, .customer), (account, .usEast1, .customer), (account, .usEast1, .aws),
            (account, west, .customer), (other, .usEast1, .customer),
        ]
        let now = clock.now()
        try await store.write { transaction in
            for (index, (owner, region, manager)) in keys.enumerated() {
                let key = NewKey(
                    account: owner, region: region, id: "key-\(index)", plan: KeyPlan(), description: "", policy: "{}",
                    manager: manager)
                try key.write(now, &transaction)
            }
        }
        try await store.write { try KeyQuota.check(account, .usEast1, limit: 3, &$0) }
        await #expect(throws: KMS.LimitExceededException.self) {
            try await store.write { try KeyQuota.check(account, .usEast1, limit: 2, &$0) }
        }
        try await store.write { try KeyQuota.check(account, west, limit: 2, &$0) }
        try await store.write { try KeyQuota.check(account, .usEast1, &$0) }
    }
}
