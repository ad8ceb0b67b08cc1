import AWS
import Crypto
import Storage
import Testing
import World

@testable import Journal

/// Records of two accounts in two Regions: one to a row, as all once were, and some to a row.
enum JournalUpgrades {
    static let all = [
        FormerStore(
            Journal.schema, before: 2, "records without an index", fill: { try fill(&$0) }, check: check),
        FormerStore(
            Journal.schema, before: 3, "records of which some are indexed, none with its policies",
            fill: { transaction in
                try fill(&transaction)
                for _ in 0..<40 {
                    for addition in try index.next(transaction.snapshot) { try index.add(addition, in: &transaction) }
                }
            }, check: check),
    ]

    /// Small sheets: a few hundred records make a volume and more.
    private static let index = JournalIndex(IndexLayout(recordsPerSheet: 1))
    private static let records = 1200

    private static func event(_ number: Int) -> Event {
        let account = number % 3 == 0 ? AccountID.second : .first
        let user = UserPrincipal(account: account, name: "u\(number % 7)", path: "/", uniqueID: "AIDA\(number % 7)")
        return Event(
            id: "id-\(number)", time: Instant(seconds: Int64(number)), account: account,
            region: number % 5 == 0 ? .west : .usEast1, source: "iam.amazonaws.com", name: "CreateUser",
            isReadOnly: false,
            category: .management,
            identity: EventIdentity(principal: .user(user), accessKeyID: "AKIA\(number % 11)", session: nil),
            sourceAddress: "198.51.100.7", userAgent: nil, requestID: "request",
            subjects: [Event.Subject(type: "AWS::IAM::User", name: "name\(number % 13)")])
    }

    private static func fill(_ transaction: inout Transaction) throws {
        var (chain, position) = ([UInt8](repeating: 0, count: 32), 0)
        while position < records {
            var rows = RowGatherer()
            for _ in 0..<(position < records / 2 ? 1 : 5) {
                let entry = Entry.pack(event(position))
                rows.add(entry.span)
                position += 1
            }
            guard let row = rows.take() else { continue }
            chain = SHA256.hash(chain + row.bytes)
            try transaction.run(
                "INSERT INTO journal (position, entry, chain) VALUES (?, ?, ?)", .number(position), .blob(row.bytes),
                .blob(chain))
        }
        try transaction.run("INSERT INTO journal_spool VALUES (1, 17)")
    }

    @Sendable private static func check(_ store: Store) async throws {
        while case let additions = try store.read({ try index.next($0) }), !additions.isEmpty {
            for addition in additions { try await store.write { try index.add(addition, in: &$0) } }
        }
        let wanted = (0..<records).reversed().filter { event($0).account == .second && event($0).region == .west }
        try store.read { snapshot in
            let (count, broken) = (try Journal.recordCount(snapshot), try Journal.verify(snapshot))
            #expect(count == Int64(records) && broken == nil)
            let (isWhole, wrong) = (try index.isWhole(snapshot), try index.verify(snapshot))
            #expect(isWhole && wrong == nil)
            let indexed = try index.recordCount(snapshot)
            #expect(indexed == Int64(records) / 16 * 16)
            #expect(try found(wanted: nil, snapshot) == wanted.map { Int64($0 + 1) })
            let named = wanted.filter { $0 % 13 == 4 }
            #expect(try found(wanted: "name4", snapshot) == named.map { Int64($0 + 1) })
            let missing = try PolicyArchive.content([1], snapshot)
            #expect(missing == nil)
        }
    }

    /// The positions of the second account's records in the west, the newest first. - Parameter wanted: the name of a user.
    private static func found(wanted: String?, _ snapshot: borrowing Snapshot) throws -> [Int64] {
        let search = JournalSearch(
            eventsOf: .second, in: .west, from: Instant(milliseconds: .min), through: Instant(milliseconds: .max),
            with: wanted.map { (name: .resourceName, value: $0) })
        var found: [Int64] = []
        var walk = try IndexWalk(search, before: nil, index.layout, snapshot)
        try walk.run(snapshot) { position, _ in
            found.append(position)
            return true
        }
        return found
    }
}
