import AWS
import Door
import IAMService
import SecretsManagerAPI
import Scaffold
import Storage
import Testing
import World

@testable import SecretsManagerService

/// Defends lists of secrets: every order, in pages, among many, and where few match.
@Suite struct SecretListTests {
    private let folder: DataFolder
    private let store: Store
    private let account: AccountID
    private let secrets = Secrets(names: IAMPrincipals(), keys: NoServiceKeys())
    private let now = Instant(seconds: 1_800_000_000)

    init() throws {
        let log = Log(level: .error, clock: ManualClock(now), sink: { _ in })
        folder = try DataFolder.temporary()
        store = try Store(in: folder, schema: [SecretsManagerService.schema], log: log)
        account = try #require(AccountID("111122223333"))
    }

    /// As many secrets, of which several have each date.
    private func fill(_ count: Int) async throws {
        try await store.write { [account] transaction in
            for number in 0..<count {
                let place = SecretPlace(
                    account: account, region: .usEast1, name: "secret\(String(number + 10_000).dropFirst())")
                try Secret.write(
                    place, suffix: "abcdef", description: nil, keyID: nil, Instant(seconds: Int64(number / 7)),
                    &transaction)
                try transaction.run(
                    "UPDATE secret SET changed = ?, accessed = ? WHERE name = ?", .number((count - number) / 5),
                    number % 3 == 0 ? .null : .number(number % 11), .text(place.name))
            }
        }
    }

    private func list(
        _ order: SecretsManager.SortByType, isDescending: Bool = false, filters: [SecretFilter] = [],
        includesMarked: Bool = false
    ) -> SecretList {
        SecretList(
            account: account, region: .usEast1, order: order, isDescending: isDescending, filters: filters,
            includesMarked: includesMarked, now: now)
    }

    /// The names of each page.
    private func pages(_ list: SecretList, limit: Int) throws -> [[String]] {
        var (pages, token): ([[String]], String?) = ([], nil)
        repeat {
            let page = try store.read { try list.page(after: token, limit: limit, secrets, $0) }
            pages.append(page.secrets.map(\.name))
            token = page.token
        } while token != nil
        return pages
    }

    @Test(
        "every order, page by page, has each secret once",
        arguments: [SecretsManager.SortByType.createdDate, .lastChangedDate, .lastAccessedDate, .name], [false, true])
    func orders(_ order: SecretsManager.SortByType, _ isDescending: Bool) async throws {
        try await fill(450)
        let found = try pages(list(order, isDescending: isDescending), limit: 97)
        #expect(found.map(\.count) == [97, 97, 97, 97, 62])
        let names = found.flatMap { $0 }
        #expect(Set(names).count == 450)
        let dates = try store.read { snapshot in
            try names.map { name -> Int64 in
                let secret = try #require(
                    try secrets.find(SecretPlace(account: account, region: .usEast1, name: name), in: snapshot))
                return switch order {
                case .createdDate: secret.created.milliseconds
                case .lastChangedDate: secret.changed.milliseconds
                case .lastAccessedDate: secret.accessed?.milliseconds ?? 0
                default: 0
                }
            }
        }
        let places = zip(dates, names).map { ($0, $1) }
        let sorted = places.sorted { isDescending ? $0 > $1 : $0 < $1 }
        #expect(places.map(\.1) == sorted.map(\.1))
    }

    @Test("a filter that matches little ends a page after two thousand secrets, and the next goes on there")
    func reach() async throws {
        try await fill(4500)
        let filter = try SecretFilter(.init(key: .name, values: ["secret4321"]))
        for isDescending in [false, true] {
            let found = try pages(list(.name, isDescending: isDescending, filters: [filter]), limit: 10)
            #expect(found.count == 3)
            #expect(found.flatMap { $0 } == ["secret4321"])
        }
        #expect(try pages(list(.name), limit: 5000).flatMap { $0 }.count == 4500)
    }

    @Test("a search that is much work ends its page early, and the next goes on there")
    func work() async throws {
        try await fill(20)
        try await store.write { [account] transaction in
            for number in 0..<20 {
                let place = SecretPlace(
                    account: account, region: .usEast1, name: "secret00\(number < 10 ? "0" : "")\(number)")
                let tags = (0..<50).map {
                    SecretsManager.Tag(key: "\($0) tag", value: String(repeating: "a1", count: 128))
                }
                try SecretTags.put(tags, on: place, &transaction)
            }
        }
        // None has the last of so many words.
        let value = "!" + String(repeating: "a 1 ", count: 126) + "none"
        let filter = SecretsManager.Filter(key: .all, values: Array(repeating: value, count: 10))
        let filters = try (0..<10).map { _ in try SecretFilter(filter) }
        let found = try pages(list(.name, filters: filters), limit: 100)
        #expect(found.count > 2 && found.flatMap { $0 }.count == 20)
        let short = try SecretFilter(.init(key: .all, values: ["1 tag", "!none"]))
        #expect(try pages(list(.name, filters: [short]), limit: 100).count <= 2)
    }

    @Test("secrets marked for deletion are listed where they are asked for, until their time is over")
    func marked() async throws {
        try await fill(3)
        try await store.write { [now] transaction in
            try transaction.run(
                "UPDATE secret SET deletion = ? WHERE name = 'secret0000'", .int(now.milliseconds + 1))
            try transaction.run("UPDATE secret SET deletion = ? WHERE name = 'secret0001'", .int(now.milliseconds))
        }
        for order in [SecretsManager.SortByType.createdDate, .lastChangedDate, .lastAccessedDate, .name] {
            #expect(try pages(list(order), limit: 10) == [["secret0002"]])
            let all = try pages(list(order, includesMarked: true), limit: 10).flatMap { $0 }
            #expect(Set(all) == ["secret0000", "secret0002"])
        }
    }
}
