import AWS
import Crypto
import Door
import KMSAPI
import KeyEngine
import Storage
import Testing
import World

@testable import KMSService

/// Keys of customers and of AWS, of one Region and of two, whole and waiting for their end; their material and stores.
enum KMSUpgrades {
    static let all = (2...8).map { number in
        FormerStore(
            KMSService.schema, before: number, "keys, material and stores", fill: { try fill(before: number, &$0) },
            check: { try await check($0, before: number) })
    }

    /// Account, Region, id, origin, manager, deletion, Region of the primary, store.
    private typealias KeyRow = (AccountID, Region, String, String, String, Int64?, Region?, String?)
    private static let keys: [KeyRow] = [
        (.first, .usEast1, "one", "AWS_KMS", "CUSTOMER", nil, nil, nil),
        (.first, .usEast1, "ending", "AWS_KMS", "CUSTOMER", 9000, nil, nil),
        (.first, .usEast1, "aws", "AWS_KMS", "AWS", nil, nil, nil),
        (.first, .usEast1, "mrk-1", "AWS_KMS", "CUSTOMER", nil, .usEast1, nil),
        (.first, .west, "mrk-1", "AWS_KMS", "CUSTOMER", nil, .usEast1, nil),
        (.first, .west, "imported", "EXTERNAL", "CUSTOMER", nil, nil, nil),
        (.second, .usEast1, "stored", "AWS_CLOUDHSM", "CUSTOMER", nil, nil, "cks-1"),
        (.second, .usEast1, "aws", "AWS_KMS", "AWS", nil, nil, nil),
    ]

    private static func fill(before number: Int, _ transaction: inout Transaction) throws {
        for (account, region, id, origin, manager, deletion, primary, store) in keys {
            try transaction.run(
                """
                INSERT INTO kms_key (account, region, id, spec, usage, origin, manager, description, created, enabled, policy,
                    deletion, primary_region, store)
                VALUES (?, ?, ?, 'SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', ?, ?, '', 0, 1, '{}', ?, ?, ?)
                """, .text(account.description), .text(region.description), .text(id), .text(origin), .text(manager),
                .intOrNull(deletion), .textOrNull(primary?.description), .textOrNull(store))
        }
        for key in ["one", "mrk-1", "imported", "stored"] {
            let account = key == "stored" ? AccountID.second : .first
            for material in 1...2 {
                try transaction.run(
                    """
                    INSERT INTO kms_material (account, key, number, id, wrapped, created, rotation)
                    VALUES (?, ?, ?, 'm', x'0102', 0, ?)
                    """, .text(account.description), .text(key), .number(material),
                    material == 1 ? .null : .text("AUTOMATIC"))
            }
        }
        try transaction.run("INSERT INTO kms_import VALUES ('111122223333', 'us-west-2', 'imported', 1, 77000)")
        try transaction.run("INSERT INTO kms_alias VALUES ('111122223333', 'us-east-1', 'alias/a', 'one', 0, 0)")
        try transaction.run("INSERT INTO kms_tag VALUES ('111122223333', 'us-east-1', 'one', 'k', 'v')")
        try transaction.run(
            """
            INSERT INTO kms_store (account, region, id, name, cluster, anchor, state, failure, created) VALUES
                ('444455556666', 'us-east-1', 'cks-1', 'one', 'cluster-1', 'pem', 'CONNECTED', NULL, 0),
                ('444455556666', 'us-west-2', 'cks-2', 'two', 'cluster-1', 'any text', 'FAILED', 'NETWORK_ERRORS', 0)
            """)
        if number > 3 { try transaction.run("UPDATE kms_material SET derives = 1 WHERE number = 2") }
        if number > 6 { try transaction.run("UPDATE kms_store SET password = x'0a' WHERE id = 'cks-1'") }
    }

    private static func check(_ store: Store, before number: Int) async throws {
        try store.read { snapshot in
            let policies = PolicyCache()
            let one = try #require(try KMSKey.find("one", in: .first, .usEast1, policies, snapshot))
            #expect(one.state(Instant(seconds: 1)) == .enabled && one.aliases == ["alias/a"] && one.tags.count == 1)
            // What was made before goes on as it is: each text under the key itself.
            #expect(one.engineKeys[1]?.kind == .aes256 && one.engineKeys[2]?.kind == (number > 3 ? .textKeys : .aes256))
            #expect(one.engineKeys[1]?.wrapped.bytes == [1, 2] && one.materials.last?.rotation == .automatic)
            let replica = try KMSKey.find("mrk-1", in: .first, .west, policies, snapshot)
            #expect(replica?.isReplica == true && replica?.materials.count == 2)
            let imported = try KMSKey.find("imported", in: .first, .west, policies, snapshot)
            #expect(imported?.engineKeys.keys.sorted() == [1])
            #expect(imported?.materials.first?.expires == Instant(seconds: 77))
            let ending = try KMSKey.find("ending", in: .first, .usEast1, policies, snapshot)
            #expect(ending?.state(Instant(seconds: 1)) == .pendingDeletion)
            let stored = try KMSKey.find("stored", in: .second, .usEast1, policies, snapshot)
            #expect(stored?.isDisconnected == false && stored?.clusterID == "cluster-1")
            let stores = try KeyStore.all(.second, .usEast1, snapshot) + KeyStore.all(.second, .west, snapshot)
            #expect(stores.map(\.state) == [.connected, .failed] && stores.map(\.failure) == [nil, .networkErrors])
            #expect(stores.map(\.password) == [number > 6 ? [0x0a] : nil, nil])
        }
        try await checkQuota(store)
    }

    /// The count is that of the rows, and follows keys of before as they go.
    private static func checkQuota(_ store: Store) async throws {
        try await store.write { transaction in
            try checkCounts(&transaction)
            try KeyQuota.check(.first, .usEast1, limit: 4, &transaction)
            do {
                try KeyQuota.check(.first, .usEast1, limit: 3, &transaction)
                try demand(false, "three keys are three")
            } catch is KMS.LimitExceededException {}
            for id in ["ending", "aws", "mrk-1"] {
                let key = try KMSKey.find(id, in: .first, .usEast1, PolicyCache(), transaction.snapshot)
                try key?.remove(Instant(seconds: 1), &transaction)
            }
            try checkCounts(&transaction)
            let left = try KMSKey.find("mrk-1", in: .first, .west, PolicyCache(), transaction.snapshot)
            try demand(left?.materials.count == 2)
        }
    }

    private static func checkCounts(_ transaction: inout Transaction) throws {
        let counted = try transaction.rows(
            "SELECT account, region, keys FROM kms_key_count WHERE keys > 0 ORDER BY 1, 2"
        ) {
            "\($0.text(0)) \($0.text(1)) \($0.int(2))"
        }
        let rows = try transaction.rows(
            "SELECT account, region, count(*) FROM kms_key WHERE manager = 'CUSTOMER' GROUP BY 1, 2 ORDER BY 1, 2"
        ) { "\($0.text(0)) \($0.text(1)) \($0.int(2))" }
        try demand(counted == rows && !rows.isEmpty)
    }
}
