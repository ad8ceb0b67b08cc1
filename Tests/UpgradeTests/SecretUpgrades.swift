import AWS
import Door
import IAMService
import SecretsManagerAPI
import Scaffold
import Storage
import Testing
import World

@testable import SecretsManagerService

/// Secrets that were read or never, changed or never, marked for deletion and past it.
enum SecretUpgrades {
    static let all = [
        FormerStore(
            SecretsManagerService.schema, before: 2, "secrets without orders and count", fill: { try fill(&$0) },
            check: check),
        FormerStore(
            SecretsManagerService.schema, before: 3, "secrets without a count", fill: { try fill(&$0) }, check: check),
        FormerStore(SecretsManagerService.schema, before: 4, "secrets", fill: { try fill(&$0) }, check: check),
    ]

    private static let now = Instant(seconds: 1_800_000_000)
    private static let soon = now + .seconds(86_400)

    private static let places = [
        ("111122223333", "us-east-1", 250), ("111122223333", "us-west-2", 1), ("444455556666", "us-east-1", 9),
    ]

    private static func fill(_ transaction: inout Transaction) throws {
        for (account, region, count) in places {
            for number in 0..<count {
                let deletion = number % 10 == 3 ? soon : number % 10 == 6 ? Instant(seconds: 7) : nil
                let accessed: SQLValue = number % 2 == 0 ? .null : .number(number / 5)
                try transaction.run(
                    """
                    INSERT INTO secret (account, region, name, suffix, created, changed, accessed, deletion)
                    VALUES (?, ?, ?, 'abcdef', ?, ?, ?, ?)
                    """, .text(account), .text(region), .text("s\(1000 + number)"), .number(number / 4),
                    .number(500 - number / 3), accessed, .intOrNull(deletion?.milliseconds))
            }
        }
        try transaction.run("INSERT INTO secret_version VALUES ('111122223333', 'us-east-1', 's1000', 'v', 0, 0)")
        try transaction.run(
            "INSERT INTO secret_text VALUES ('111122223333', 'us-east-1', 's1000', 'v', 1, 'k', x'01', x'02')")
        try transaction.run("INSERT INTO secret_stage VALUES ('111122223333', 'us-east-1', 's1000', 'AWSCURRENT', 'v')")
        try transaction.run("INSERT INTO secret_tag VALUES ('111122223333', 'us-east-1', 's1000', 'k', 'v')")
    }

    @Sendable private static func check(_ store: Store) async throws {
        try checkCounts(store)
        let secrets = Secrets(names: IAMPrincipals(), keys: NoServiceKeys())
        let marked = (0..<250).filter { $0 % 10 == 3 }
        let living = (0..<250).filter { $0 % 10 != 3 && $0 % 10 != 6 }
        let orders: [(SecretsManager.SortByType, (Int) -> Int)] = [
            (.createdDate, { $0 / 4 }), (.lastChangedDate, { 500 - $0 / 3 }),
            (.lastAccessedDate, { $0 % 2 == 0 ? 0 : $0 / 5 }),
        ]
        for (order, date) in orders {
            for includesMarked in [false, true] {
                let expected = (living + (includesMarked ? marked : [])).sorted { (date($0), $0) < (date($1), $1) }
                let list = SecretList(
                    account: .first, region: .usEast1, order: order, isDescending: false, filters: [],
                    includesMarked: includesMarked, now: now)
                let found = try store.read { try list.page(after: nil, limit: 500, secrets, $0) }
                #expect(found.secrets.map(\.name) == expected.map { "s\(1000 + $0)" })
            }
        }
        try await store.write { transaction in
            let place = SecretPlace(account: .first, region: .usEast1, name: "s1000")
            let secret = try present(try Secret.find(place, PolicyCache(), transaction.snapshot))
            try demand(secret.accessed == nil && secret.policy == nil && secret.tags.map(\.key) == ["k"])
            let tagged = try transaction.rows("SELECT name FROM secret WHERE tagged <> 0") { $0.text(0) }
            try demand(tagged == ["s1000"])
            try transaction.run("DELETE FROM secret WHERE deletion = 7000")
            try Secret.write(
                SecretPlace(account: .second, region: .west, name: "new"), suffix: "abcdef", description: nil,
                keyID: nil, now,
                &transaction)
        }
        try checkCounts(store)
    }

    private static func checkCounts(_ store: Store) throws {
        try store.read { snapshot in
            let counted = try snapshot.rows("SELECT account, region, secrets FROM secret_count ORDER BY 1, 2") {
                "\($0.text(0)) \($0.text(1)) \($0.int(2))"
            }
            let rows = try snapshot.rows("SELECT account, region, count(*) FROM secret GROUP BY 1, 2 ORDER BY 1, 2") {
                "\($0.text(0)) \($0.text(1)) \($0.int(2))"
            }
            #expect(counted == rows && !rows.isEmpty)
        }
    }
}
