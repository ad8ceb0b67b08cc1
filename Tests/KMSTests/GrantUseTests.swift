import AWS
import Journal
import KMSAPI
import Storage
import Testing
import World

@testable import KMSService

/// Defends the table by which grants are found: each operation of what is granted once, however many grants give it, and
/// nothing of what is gone.
@Suite struct GrantUseTests {
    private let account = AccountID("111122223333")
    private let identifiers = Identifiers(SystemEntropy())

    private func rights(_ operations: [KMS.GrantOperation], _ context: [String: String]? = nil) throws -> GrantRights {
        GrantRights(
            operations, KMS.GrantConstraints(encryptionContextSubset: context), by: try #require(account))
    }

    /// A grant's row.
    private func insert(_ id: String, to grantee: String, _ rights: GrantRights, _ transaction: inout Transaction)
        throws
    {
        try transaction.run(
            """
            INSERT INTO kms_grant (account, region, key, id, grantee, grantee_name, rights, bound, secret, created)
            VALUES ('111122223333', 'us-east-1', 'key', ?, ?, 'name', ?, ?, x'00', 0)
            """, .text(id), .text(grantee), .text(rights.text), .text(rights.bound))
    }

    private func uses(_ store: Store) throws -> [String] {
        try store.read { snapshot in
            try snapshot.rows("SELECT grantee, operation, bound, grants FROM kms_grant_use ORDER BY 1, 2, 3, rights") {
                "\($0.text(0)) \($0.text(1)) '\($0.text(2))' \($0.int(3))"
            }
        }
    }

    @Test func grantsThatGiveTheSameAreOne() async throws {
        let folder = try DataFolder.temporary()
        let store = try Store(
            in: folder, schema: [Journal.schema, KMSService.schema],
            log: Log(level: .error, clock: SystemClock(), sink: { _ in }))
        defer {
            store.close()
            folder.close()
        }
        let (free, bound) = (try rights([.encrypt]), try rights([.decrypt, .describeKey], ["Tenant": "17"]))
        try await store.write { transaction in
            for number in 0..<50 { try insert("free-\(number)", to: "ann", free, &transaction) }
            try insert("bound", to: "ann", bound, &transaction)
            try insert("other", to: "bob", bound, &transaction)
        }
        let whole = [
            "ann Decrypt '17' 1", "ann DescribeKey '' 1", "ann Encrypt '' 50", "bob Decrypt '17' 1",
            "bob DescribeKey '' 1",
        ]
        #expect(try uses(store) == whole)
        try await store.write { try $0.run("DELETE FROM kms_grant WHERE id IN ('free-7', 'bound')") }
        #expect(try uses(store) == ["ann Encrypt '' 49"] + whole.suffix(2))
        try await store.write { try $0.run("DELETE FROM kms_grant") }
        #expect(try uses(store) == [])
    }
}
