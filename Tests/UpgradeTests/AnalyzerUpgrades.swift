import AWS
import AccessAnalyzerAPI
import Storage
import Testing
import World

@testable import AccessAnalyzerService

/// Generations of policies, from before there were analyzers.
enum AnalyzerUpgrades {
    static let all = (2...3).map { number in
        FormerStore(
            AccessAnalyzerService.schema, before: number, "generations of policies", fill: { try fill(&$0) },
            check: check)
    }

    private static func fill(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO access_analyzer_generation (account, id, principal, token, started, completed, error, message, policies,
                is_complete, is_canceled) VALUES
                ('111122223333', 'j1', 'p', 't', 1000, 2000, NULL, NULL, '["{}","[]"]', 1, 0),
                ('111122223333', 'j2', 'p', NULL, 1001, 2000, 'AUTHORIZATION_ERROR', 'm', '[]', 0, 0),
                ('111122223333', 'j3', 'p', NULL, 1002, 2000, NULL, NULL, '[]', 1, 1),
                ('444455556666', 'j1', 'q', 't', 1000, 2000, NULL, NULL, '[]', 1, 0)
            """)
    }

    @Sendable private static func check(_ store: Store) async throws {
        let since = Instant(seconds: 0)
        try await store.write { transaction in
            let jobs = try PolicyJob.all(of: .first, since: since, transaction.snapshot)
            try demand(jobs.map(\.id) == ["j3", "j2", "j1"] && jobs.map(\.status) == [.canceled, .failed, .succeeded])
            try demand(jobs.last?.policies == ["{}", "[]"])
            let other = try PolicyJob.find(token: "t", of: .second, since: since, transaction.snapshot)
            try demand(other?.principal == "q")
            for region in [Region.usEast1, .west] {
                let name = AnalyzerName("a", of: .first, in: region)
                try Analyzer.insert(name, token: nil, request: "{}", at: Instant(seconds: 5), &transaction)
                let analyzer = try present(try Analyzer.find(in: .first, region, transaction.snapshot))
                try analyzer.setTags(["k": "v"], &transaction)
            }
            let analyzer = try Analyzer.find(in: .first, .west, transaction.snapshot)
            try analyzer?.delete(&transaction)
            let tags = try transaction.rows("SELECT region FROM access_analyzer_tag") { $0.text(0) }
            try demand(tags == ["us-east-1"])
        }
    }
}
