import AWS
import Door
import SSMAPI
import Storage
import Testing
import World

@testable import SSMService

/// Defends lists of parameters among many: each is there once, and a page does not look at them all.
@Suite struct ParameterWalkTests {
    private let folder: DataFolder
    private let store: Store
    private let account: AccountID

    init() throws {
        let clock = ManualClock(Instant(seconds: 1_700_000_000))
        folder = try DataFolder.temporary()
        store = try Store(
            in: folder, schema: [SSMService.schema], log: Log(level: .error, clock: clock, sink: { _ in }))
        account = try #require(AccountID("111122223333"))
    }

    private func fill(_ count: Int) async throws {
        try await store.write { [account] transaction in
            for number in 0..<count {
                let name = "p\(String(number + 10_000).dropFirst())"
                let plan = try ParameterPlan(
                    SSM.PutParameter.Input(name: name, value: "v", type: .string), existing: nil)
                let new = NewParameterVersion(
                    place: ParameterPlace(account: account, region: .usEast1, name: name), plan: plan,
                    dataType: "text", description: nil, pattern: nil, value: .plain("v"), author: "")
                try new.write(isFirst: true, Instant(seconds: 0), &transaction)
            }
        }
    }

    private func pages(_ limit: Int, where matches: (Parameter) -> Bool) throws -> [[String]] {
        let walk = ParameterWalk(account: account, region: .usEast1, prefix: "")
        var (pages, token): ([[String]], String?) = ([], nil)
        repeat {
            let page = try store.read { try walk.next(Page(limit, token, usual: limit), $0, where: matches) }
            pages.append(page.parameters.map(\.name))
            token = page.token
        } while token != nil
        return pages
    }

    @Test("a page ends after two thousand parameters that do not match, and the next goes on there")
    func reach() async throws {
        try await fill(2500)
        let found = try pages(10) { $0.name == "p2345" }
        #expect(found == [[], ["p2345"]])
        #expect(try pages(10) { $0.name == "p0001" } == [["p0001"], []])
        var seen = 0
        _ = try pages(10) { _ in
            seen += 1
            return false
        }
        #expect(seen == 2500)
        let all = try pages(50) { _ in true }
        #expect(all.count == 50 && Set(all.flatMap { $0 }).count == 2500)
    }
}
