import AWS
import KMSAPI
import Storage
import Testing
import World

@testable import KMSService

/// Grants of all forms: without constraints, with contexts of which one value is the longest, with values that JSON escapes.
enum GrantUpgrades {
    static let all = (2...10).map { number in
        FormerStore(
            KMSService.schema, before: number, "grants", changing: (5...9).contains(number) ? ["kms_grant"] : [],
            fill: { try fill(before: number, &$0) }, check: check)
    }

    private struct Given {
        let region: Region
        let grantee: String
        let rights: GrantRights

        init(
            _ operations: [KMS.GrantOperation], _ equals: [String: String]? = nil, _ subset: [String: String]? = nil,
            to grantee: String = "ann", in region: Region = .usEast1, by issuer: AccountID = .first
        ) {
            (self.region, self.grantee) = (region, grantee)
            rights = GrantRights(
                operations, KMS.GrantConstraints(encryptionContextSubset: subset, encryptionContextEquals: equals),
                by: issuer)
        }
    }

    private static let given: [Given] = [
        Given([.encrypt, .decrypt]), Given([.encrypt, .decrypt]), Given([.encrypt], to: "bob"),
        Given([.encrypt], in: .west), Given([.encrypt], by: .second),
        Given([.decrypt, .describeKey, .retireGrant, .createGrant], ["Tenant": "17"]),
        Given([.decrypt], nil, ["Tenant": "17", "Unit": "longest"]),
        Given([.decrypt], nil, ["Tenant": "17", "Unit": "longest"]),
        Given([.decrypt], ["a": "xx", "b": "zz", "c": "yy"]), Given([.decrypt], nil, ["a": "äö", "b": "zzz"]),
        Given([.decrypt], ["a": ""]),
        Given([.decrypt], ["equals": "q\"\\\n\u{1}/"], ["a": "longer than that of equals"]),
        Given([.decrypt], nil, ["a": "😀", "b": "abc"]),
        // Former versions of SQLite take what follows the NUL for nothing.
        Given([.decrypt, .describeKey], ["a": "x\u{0}yzyzyz", "b": "zz"]), Given([.decrypt], nil, ["a": "\u{0}"]),
        Given([.decrypt], nil, ["a": #"\u0000 \\u0000"#, "b": "\\\u{0}\u{1}\u{2}"]),
        Given([.decrypt], ["DescribeKey": "DescribeKey"]), Given([.decrypt], ["B b": "1", "A": "2", "a-": "3"]),
        Given([.decrypt], nil, ["\u{212A}": "1", "k": "2", "\u{30C6}": "3"]),
        Given([.decrypt], ["\u{212A}": "1", "b": "2"]),
        Given([.decrypt], nil, ["\u{C4}": "1", "\u{E5}": "1", "\u{0}": "1"]),
        Given([.decrypt], ["\u{C4}": "1", "\u{E5}": "1", "\n": "2", "\u{7F}": "3"]),
        Given([.decrypt], nil, ["q\"": "1", "b\\": "2", "c": "3"]), Given([.decrypt], ["": "", "x": ""]),
    ]

    private static func fill(before number: Int, _ transaction: inout Transaction) throws {
        for region in [Region.usEast1, .west] {
            let count = given.count { $0.region == region }
            try transaction.run(
                """
                INSERT INTO kms_key (account, region, id, spec, usage, origin, manager, description, created, enabled,
                    policy, grants)
                VALUES ('111122223333', ?, 'key', 'SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'AWS_KMS', 'CUSTOMER', '', 0, 1,
                    '{}', ?)
                """, .text(region.description), .number(count))
        }
        for (index, grant) in given.enumerated() {
            let isNamed = index % 2 == 1
            try transaction.run(
                """
                INSERT INTO kms_grant (account, region, key, id, grantee, grantee_name, retiring, retiring_name, rights, name,
                    secret, created)
                VALUES ('111122223333', ?, 'key', ?, ?, 'n', ?, ?, ?, ?, x'00', 0)
                """, .text(grant.region.description), .text("g\(100 + index)"), .text(grant.grantee),
                isNamed ? .text("AROA1") : .null, isNamed ? .text("r") : .null, .text(grant.rights.text),
                isNamed ? .text("name\(index)") : .null)
            if number > 4 {
                try transaction.run(
                    "UPDATE kms_grant SET bound = ? WHERE id = ?", .text(bound(grant.rights, before: number)),
                    .text("g\(100 + index)"))
            }
        }
    }

    /// Until the ninth migration the longest value; as the fourth found it, which ended a text at its first NUL, until the eighth.
    private static func bound(_ rights: GrantRights, before number: Int) -> String {
        guard number < 10 else { return rights.bound }
        let values = (rights.equals ?? rights.subset ?? [:]).values.map { value in
            number == 9 ? value : String(value.prefix { $0 != "\u{0}" })
        }
        return values.max { ($0.utf8.count, $0) < ($1.utf8.count, $1) } ?? ""
    }

    @Sendable private static func check(_ store: Store) async throws {
        try store.read { snapshot in
            for (index, grant) in given.enumerated() {
                let found = try #require(try Grant.find("g\(100 + index)", in: grant.region, snapshot))
                #expect(found.rights == grant.rights && found.grantee.stored == grant.grantee)
                #expect(
                    (found.name == nil) == (index % 2 == 0)
                        && found.retiring?.stored == (index % 2 == 0 ? nil : "AROA1"))
                let stored = try snapshot.first("SELECT bound FROM kms_grant WHERE id = ?", .text(found.id)) {
                    $0.text(0)
                }
                let bound = try #require(stored)
                let context = grant.rights.equals ?? grant.rights.subset ?? [:]
                let isPlain =
                    !context.contains { "\($0.key)\($0.value)".unicodeScalars.contains("\u{0}") }
                    && !context.keys.contains {
                        $0.unicodeScalars.contains { "\u{212A}\"\\".unicodeScalars.contains($0) }
                    }
                // Whoever meets its context finds it. Of names that may be read in two ways only some pairs tell where it lies.
                #expect(GrantContexts(within: context).first(from: bound) == bound)
                #expect(bound == grant.rights.bound || !isPlain)
            }
            let retiring = try Grant.list(retiring: "AROA1", in: .usEast1, after: "", limit: 99, snapshot)
            #expect(retiring.count == given.indices.count { $0 % 2 == 1 && given[$0].region == .usEast1 })
        }
        try await store.write { transaction in
            for index in given.indices where index % 3 == 0 {
                try Grant.find("g\(100 + index)", in: given[index].region, transaction.snapshot)?.remove(&transaction)
            }
            let counted = try transaction.number("SELECT sum(grants) FROM kms_key")
            let rows = try transaction.number("SELECT count(*) FROM kms_grant")
            try demand(counted == rows)
        }
    }
}
