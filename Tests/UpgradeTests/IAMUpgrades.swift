import AWS
import IAMAPI
import KeyVault
import Storage
import Testing
import World

@testable import IAMService

/// IAM's rows, as each of its migrations found them.
enum IAMUpgrades {
    static let all = (2...6).map { number in
        FormerStore(
            IAMService.schema, before: number, "two accounts with all they have",
            changing: number > 5 ? [] : ["iam_tag"],
            fill: { try fill(before: number, &$0) }, check: check)
    }

    private static let edge = "arn:aws:iam::111122223333:policy/Edge"
    private static let readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"

    private static func fill(before number: Int, _ transaction: inout Transaction) throws {
        try fillEntities(&transaction)
        try fillPolicies(&transaction)
        try fillTags(isFolded: number <= 5, &transaction)
        if number > 2 {
            try transaction.run("UPDATE iam_account SET groups = 2, roles = 1, policies = 2 WHERE id = '111122223333'")
            try transaction.run("UPDATE iam_account SET roles = 1, policies = 1 WHERE id = '444455556666'")
        }
        if number > 3 {
            try transaction.run("INSERT INTO iam_founding_key VALUES ('AKIAROOT1'), ('AKIAROOT2'), ('AKIAGONE')")
        }
    }

    /// Who is there: names that differ in case, boundaries of one's own and of AWS's, an account with nothing.
    static func fillEntities(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_account (id, alias, created, users) VALUES
                ('111122223333', 'corp', 0, 2), ('444455556666', NULL, 1, 1), ('777788889999', NULL, 2, 0)
            """)
        try transaction.run(
            """
            INSERT INTO iam_user (account, name_key, name, path, id, created, boundary) VALUES
                ('111122223333', 'ann', 'Ann', '/', 'AIDA1', 0, NULL),
                ('111122223333', 'bob', 'bob', '/division/', 'AIDA2', 5, ?1),
                ('444455556666', 'ann', 'ann', '/', 'AIDA3', 0, ?2)
            """, .text(edge), .text(readOnly))
        try transaction.run(
            """
            INSERT INTO iam_group (account, name_key, name, path, id, created) VALUES
                ('111122223333', 'staff', 'Staff', '/', 'AGPA1', 0), ('111122223333', 'none', 'none', '/', 'AGPA2', 0)
            """)
        try transaction.run("INSERT INTO iam_member VALUES ('AGPA1', 'AIDA1'), ('AGPA1', 'AIDA2')")
        try transaction.run(
            """
            INSERT INTO iam_role
                (account, name_key, name, path, id, created, boundary, trust, description, maximum_session) VALUES
                ('111122223333', 'worker', 'Worker', '/', 'AROA1', 0, ?1, '{}', NULL, 3600),
                ('444455556666', 'worker', 'worker', '/', 'AROA2', 0, NULL, '{}', 'of another', 43200)
            """, .text(edge))
        try transaction.run(
            """
            INSERT INTO iam_access_key (id, account, owner, secret, active, created) VALUES
                ('AKIAROOT1', '111122223333', '111122223333', x'01', 1, 0),
                ('AKIAROOT2', '444455556666', '444455556666', x'02', 0, 0),
                ('AKIAUSER', '111122223333', 'AIDA1', x'03', 1, 0)
            """)
    }

    private static func fillPolicies(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_policy
                (account, name_key, name, path, id, arn, description, created, updated, default_version, last_version) VALUES
                ('111122223333', 'edge', 'Edge', '/', 'ANPA1', ?1, NULL, 0, 9, 2, 3),
                ('111122223333', 'other', 'other', '/', 'ANPA2', 'arn:aws:iam::111122223333:policy/other', 'd', 0, 0, 1, 1),
                ('444455556666', 'edge', 'Edge', '/', 'ANPA3', 'arn:aws:iam::444455556666:policy/Edge', NULL, 0, 0, 1, 1)
            """, .text(edge))
        try transaction.run(
            """
            INSERT INTO iam_policy_version (policy_id, number, document, created) VALUES
                ('ANPA1', 1, '{"former":1}', 0), ('ANPA1', 2, '{"in":"force"}', 0), ('ANPA1', 3, '{"newer":1}', 0),
                ('ANPA2', 1, '{}', 0), ('ANPA3', 1, '{"of":"another"}', 0)
            """)
        try transaction.run("INSERT INTO iam_inline_policy VALUES ('AIDA1', 'mine', 'Mine', '{}')")
        try transaction.run(
            "INSERT INTO iam_attachment VALUES ('AIDA1', ?1), ('AGPA1', ?2), ('AROA2', ?2)", .text(edge),
            .text(readOnly))
    }

    /// Of a user, a role, a policy and what lies in another part. - Parameter isFolded: as keys of all of them once were.
    private static func fillTags(isFolded: Bool, _ transaction: inout Transaction) throws {
        for owner in ["AIDA1", "AROA1", "ANPA1", "ASCA1"] {
            for key in ["Team", "b", "ÄÖ", "ſ"] {
                let isPrincipal = owner.hasPrefix("AIDA") || owner.hasPrefix("AROA")
                try transaction.run(
                    "INSERT INTO iam_tag (owner, key_fold, key, value) VALUES (?, ?, ?, '')", .text(owner),
                    .text(isFolded || isPrincipal ? key.lowercased() : key), .text(key))
            }
        }
    }

    @Sendable private static func check(_ store: Store) async throws {
        try store.read { snapshot in
            for account in [AccountID.first, .second] {
                let row = SQLValue.text(account.description)
                let counted = try [Quota.users, .groups, .roles, .policies].map { try $0.count(in: account, snapshot) }
                let rows = [
                    try snapshot.number("SELECT count(*) FROM iam_user WHERE account = ?", row),
                    try snapshot.number("SELECT count(*) FROM iam_group WHERE account = ?", row),
                    try snapshot.number("SELECT count(*) FROM iam_role WHERE account = ?", row),
                    try snapshot.number("SELECT count(*) FROM iam_policy WHERE account = ?", row),
                ]
                #expect(counted == rows.map(Int.init) && counted[0] > 0)
            }
            let policy = try #require(try ManagedPolicy.find(arn: edge, in: .first, snapshot).record)
            #expect(try policy.boundaryUsageCount(in: .first, snapshot) == 2)
            #expect(try policy.attachmentCount(in: .first, snapshot) == 1)
            let aws = try #require(try ManagedPolicy.find(arn: readOnly, in: .second, snapshot).record)
            #expect(try aws.boundaryUsageCount(in: .second, snapshot) == 1)
            #expect(try aws.boundaryUsageCount(in: .first, snapshot) == 0)
            #expect(try ManagedPolicy.inForce(edge, in: .first, snapshot)?.document == #"{"in":"force"}"#)
            #expect(try ManagedPolicy.inForce(edge, in: .second, snapshot) == nil)
            #expect(try User.find("ANN", in: .first, snapshot).record?.id == "AIDA1")
            #expect(try Role.find("worker", in: .second, snapshot).record?.maximumSession == 43_200)
        }
        try await checkTags(store)
        try await checkRootKeys(store)
    }

    /// Of users and roles any spelling of a key is the key, of all else only its own.
    private static func checkTags(_ store: Store) async throws {
        try await store.write { transaction in
            for owner in [TagOwner.principal("AIDA1"), .principal("AROA1"), .resource("ANPA1"), .resource("ASCA1")] {
                let isPrincipal = owner.fold("T") == "t"
                try Tags.remove(["TEAM", "äö"], from: owner, &transaction)
                try demand(try Tags.of(owner.id, transaction.snapshot).count == (isPrincipal ? 2 : 4))
                try Tags.remove(["Team", "ÄÖ"], from: owner, &transaction)
                let left = try Tags.page(of: owner, after: "", limit: 9, transaction.snapshot)
                try demand(left.map(\.key) == ["b", "ſ"])
                try Tags.put([IAM.Tag(key: "b", value: "new")], on: owner, &transaction)
                try demand(try Tags.of(owner.id, transaction.snapshot).map(\.value) == ["new", ""])
            }
        }
    }

    /// What root deleted no start makes again; what root has keeps whether it is active.
    private static func checkRootKeys(_ store: Store) async throws {
        let secrets = KeySecrets(SoftwareKeyVault.ephemeral())
        try await store.write { transaction in
            try transaction.run("DELETE FROM iam_access_key WHERE id = 'AKIAROOT1'")
            for (account, id) in [(AccountID.first, "AKIAROOT1"), (.second, "AKIAROOT2")] {
                let founding = Founding(account: account, accessKeyID: id, secret: "secret")
                try founding.write(secrets, now: Instant(seconds: 9), in: &transaction)
            }
            try demand(try AccessKey.find("AKIAROOT1", transaction.snapshot) == nil)
            let other = try present(try AccessKey.find("AKIAROOT2", transaction.snapshot))
            try demand(other.isRoot && !other.isActive)
            let user = try transaction.exists("SELECT 1 FROM iam_founding_key WHERE id = 'AKIAUSER'")
            try demand(!user)
        }
    }
}
