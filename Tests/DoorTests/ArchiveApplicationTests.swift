import AccessAnalyzerAPI
import AccessAnalyzerService
import IAMAPI
import IAMService
import Storage
import Testing
import World

/// Defends: an archive rule gets through all findings that were there, however many, and through none twice after a crash.
struct ArchiveApplicationTests {
    private static let watch = "arn:aws:access-analyzer:us-east-1:\(House.account):analyzer/watch"
    private static let shared = Stage.iam + "role/shared"

    /// An analyzer with findings on roles of two kinds of name, 1,300 each, and a rule for the ones; every tenth is resolved.
    private func house() async throws -> House {
        let house = try await House()
        try await house.must(AccessAnalyzer.service, "CreateAnalyzer", ["analyzerName": "watch", "type": "ACCOUNT"])
        let trust = Stage.trust.replacing(House.account, with: "444455556666")
        try await house.must(
            IAM.service, "CreateRole", ["RoleName": "shared", "AssumeRolePolicyDocument": .text(trust)])
        try await house.must(
            AccessAnalyzer.service, "StartResourceScan",
            ["analyzerArn": .text(Self.watch), "resourceArn": .text(Self.shared)])
        try await house.must(
            AccessAnalyzer.service, "CreateArchiveRule",
            ["analyzerName": "watch", "ruleName": "known", "filter": ["resource": ["contains": ["role/known"]]]])
        try await house.store.write { transaction in
            try transaction.run(
                """
                INSERT INTO access_analyzer_finding
                    (account, region, id, resource, type, identity, access, status, created, analyzed, updated)
                WITH RECURSIVE number (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM number WHERE n < 2599)
                SELECT account, region, printf('%05d', n), CASE n % 2 WHEN 0 THEN 'role/known' ELSE 'role/other' END || n,
                    type, 'x' || n, access, CASE n % 10 WHEN 0 THEN 2 ELSE 0 END, created, analyzed, updated
                FROM access_analyzer_finding, number
                """)
            try transaction.run("DELETE FROM access_analyzer_finding WHERE resource LIKE '%role/shared'")
        }
        return house
    }

    /// How many findings of those names have a status.
    private func count(_ house: House, _ status: Int64, _ name: String) throws -> Int64 {
        try house.store.read { snapshot in
            try snapshot.number(
                "SELECT count(*) FROM access_analyzer_finding WHERE status = ? AND resource LIKE ?", .int(status),
                .text(name))
        }
    }

    private func applications(_ house: House) throws -> Int64 {
        try house.store.read { try $0.number("SELECT count(*) FROM access_analyzer_application") }
    }

    @Test func allThatWereThereAreArchivedWhenTheCallIsAnswered() async throws {
        let house = try await house()
        let answer = try await house.call(
            AccessAnalyzer.service, "ApplyArchiveRule", ["analyzerArn": .text(Self.watch), "ruleName": "known"],
            as: house.root)
        #expect(answer.status == 200 && answer.records.count == 1)
        #expect(try count(house, 0, "role/known%") == 0 && count(house, 1, "role/known%") == 1040)
        #expect(try count(house, 2, "role/known%") == 260)
        #expect(try count(house, 0, "role/other%") == 1300 && applications(house) == 0)
    }

    @Test func whatACrashCutShortGoesOn() async throws {
        let house = try await house()
        let now = house.clock.now().milliseconds
        try await house.store.write { transaction in
            // Begun, and past half of them. One is younger.
            try transaction.run(
                """
                INSERT INTO access_analyzer_application (account, region, id, filter, began, position)
                SELECT account, region, 'call', filter, ?, '01299' FROM access_analyzer_rule
                """, .int(now))
            try transaction.run(
                "UPDATE access_analyzer_finding SET created = ?, updated = ? WHERE id = '02002'", .int(now + 1),
                .int(now + 1))
        }
        let analysis = AccessAnalysis(
            house.store, ResourceAnalysis([SharedRoles()], house.world.identifiers), house.world)
        var steps = 0
        while try applications(house) > 0, steps < 100 {
            #expect(try await analysis.tend(house.clock.now()))
            steps += 1
        }
        #expect(steps > 3 && steps < 100)
        #expect(try count(house, 0, "role/known%") == 521 && count(house, 1, "role/known%") == 519)
        #expect(try count(house, 0, "role/other%") == 1300)
    }

    /// Damages a finding, or mends it.
    private func write(_ access: String?, to id: String, _ house: House) async throws {
        try await house.store.write { transaction in
            try transaction.run(
                """
                UPDATE access_analyzer_finding SET access = coalesce(?, (
                    SELECT access FROM access_analyzer_finding WHERE id = '00000')) WHERE id = ?
                """, .textOrNull(access), .text(id))
        }
    }

    @Test func whereAFindingCannotBeReadNothingIsDone() async throws {
        let house = try await house()
        try await write("damaged", to: "02100", house)
        let answer = try await house.call(
            AccessAnalyzer.service, "ApplyArchiveRule", ["analyzerArn": .text(Self.watch), "ruleName": "known"],
            as: house.root)
        #expect(answer.status == 500 && answer.code == "InternalServerException")
        #expect(try count(house, 1, "role/known%") == 0 && applications(house) == 0)
    }

    @Test func whatCannotGoOnIsTriedAgain() async throws {
        let house = try await house()
        try await house.store.write { transaction in
            try transaction.run(
                """
                INSERT INTO access_analyzer_application (account, region, id, filter, began, position)
                SELECT account, region, 'call', filter, ?, '01299' FROM access_analyzer_rule
                """, .int(house.clock.now().milliseconds))
        }
        try await write("damaged", to: "02100", house)
        let analysis = AccessAnalysis(
            house.store, ResourceAnalysis([SharedRoles()], house.world.identifiers), house.world)
        for _ in 0..<20 { _ = try await analysis.tend(house.clock.now()) }
        #expect(try applications(house) == 1)
        try await write(nil, to: "02100", house)
        for _ in 0..<20 { _ = try await analysis.tend(house.clock.now()) }
        #expect(try applications(house) == 1)
        house.clock.advance(by: .seconds(61))
        for _ in 0..<20 { _ = try await analysis.tend(house.clock.now()) }
        #expect(try applications(house) == 0 && count(house, 1, "role/known%") == 520)
    }

    @Test func anAnalyzerThatGoesTakesItAlong() async throws {
        let house = try await house()
        try await house.store.write { transaction in
            try transaction.run(
                """
                INSERT INTO access_analyzer_application (account, region, id, filter, began, position)
                SELECT account, region, 'call', filter, 0, '' FROM access_analyzer_rule
                """)
        }
        try await house.must(AccessAnalyzer.service, "DeleteAnalyzer", ["analyzerName": "watch"])
        #expect(try applications(house) == 0)
    }
}
