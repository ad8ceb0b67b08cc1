import AWS
import SSMAPI
import Storage
import Testing
import World

@testable import SSMService

/// Parameters of two tiers, which nobody counted.
enum ParameterUpgrades {
    static let all = [
        FormerStore(SSMService.schema, before: 2, "parameters of two tiers", fill: { try fill(&$0) }, check: check)
    ]

    private static let places = [
        ("111122223333", "us-east-1", 300), ("111122223333", "us-west-2", 1), ("444455556666", "us-east-1", 7),
    ]

    private static func fill(_ transaction: inout Transaction) throws {
        for (account, region, count) in places {
            for number in 0..<count {
                let name = SQLValue.text("/p\(number)")
                let tier = SQLValue.text(number % 3 == 1 ? "Advanced" : "Standard")
                try transaction.run(
                    "INSERT INTO ssm_parameter VALUES (?, ?, ?, ?, 2)", .text(account), .text(region), name, tier)
                try transaction.run(
                    """
                    INSERT INTO ssm_version (account, region, name, version, type, tier, data_type, modified, modified_by,
                        value, kms_key, sealed) VALUES
                        (?1, ?2, ?3, 1, 'String', ?4, 'text', 0, 'arn', 'former', NULL, NULL),
                        (?1, ?2, ?3, 2, 'SecureString', ?4, 'text', 0, 'arn', NULL, 'alias/aws/ssm', x'01')
                    """, .text(account), .text(region), name, tier)
            }
        }
        try transaction.run("INSERT INTO ssm_label VALUES ('111122223333', 'us-east-1', '/p0', 'live', 1)")
        try transaction.run("INSERT INTO ssm_tag VALUES ('111122223333', 'us-east-1', '/p0', 'k', 'v')")
    }

    @Sendable private static func check(_ store: Store) async throws {
        let place = ParameterPlace(account: .first, region: .usEast1, name: "/p0")
        try checkCounts(store)
        try store.read { snapshot in
            let parameter = try #require(try Parameter.find(place, snapshot))
            #expect(parameter.version == 2 && parameter.tags.map(\.key) == ["k"])
            let live = try ParameterVersion.find(label: "live", of: place, snapshot)
            #expect(live?.number == 1)
            if case .plain("former")? = live?.value {} else { Issue.record("the value is not what it was") }
            if case .encrypted("alias/aws/ssm", [1]) = parameter.latest.value {
            } else {
                Issue.record("nor is the secret one")
            }
        }
        // Those of before rise and go as those of today do.
        try await store.write { transaction in
            try transaction.run("UPDATE ssm_parameter SET tier = 'Advanced' WHERE name = '/p0'")
            try present(try Parameter.find(place, transaction.snapshot)).remove(&transaction)
            try transaction.run("DELETE FROM ssm_parameter WHERE account = '444455556666' AND tier = 'Advanced'")
        }
        try checkCounts(store)
    }

    private static func checkCounts(_ store: Store) throws {
        try store.read { snapshot in
            let counted = try snapshot.rows(
                "SELECT account, region, tier, parameters FROM ssm_parameter_count WHERE parameters <> 0 ORDER BY 1, 2, 3"
            ) { "\($0.text(0)) \($0.text(1)) \($0.text(2)) \($0.int(3))" }
            let rows = try snapshot.rows(
                "SELECT account, region, tier, count(*) FROM ssm_parameter GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
            ) { "\($0.text(0)) \($0.text(1)) \($0.text(2)) \($0.int(3))" }
            #expect(counted == rows && !rows.isEmpty)
        }
    }
}
