import AWS
import Testing
import World

@testable import Journal

/// Records of two accounts in two Regions, management and data, at times that go back and forth, and questions about them.
struct RandomJournal {
    private var random: SplitMix
    private var time: Int64 = 1_767_323_045_678
    private var count = 0
    private let accounts: [AccountID]
    private let regions: [Region]

    private static let users = ["alice", "bob", "carol", "ålice", "a", "", "someone-with-a-long-name"]
    private static let names = ["CreateUser", "GetUser", "ListUsers", "PutObject", "AssumeRole"]
    private static let sources = ["iam.amazonaws.com", "s3.amazonaws.com", "sts.amazonaws.com"]
    private static let types = ["AWS::IAM::User", "AWS::S3::Bucket"]

    init(_ seed: UInt64) throws {
        random = SplitMix(seed)
        accounts = [try #require(AccountID("111122223333")), try #require(AccountID("444455556666"))]
        regions = [.usEast1, try #require(Region("eu-central-1"))]
    }

    mutating func below(_ count: Int) -> Int { random.below(count) }
    mutating func isOne(of count: Int) -> Bool { random.isOne(of: count) }

    mutating func events(_ number: Int) -> [Event] { (0..<number).map { _ in event() } }

    private mutating func event() -> Event {
        count += 1
        // Now and then somebody moves the product's clock.
        time += isOne(of: 40) ? Int64(below(40_000_000)) - 20_000_000 : Int64(below(3000))
        let account = accounts[isOne(of: 4) ? 1 : 0]
        let user = RandomJournal.users[below(isOne(of: 20) ? RandomJournal.users.count : 3)]
        let principal = Principal.user(UserPrincipal(account: account, name: user, path: "/", uniqueID: "AIDAEXAMPLE"))
        let (read, kind): (Bool, Event.Category) = (isOne(of: 2), isOne(of: 3) ? .data : .management)
        let subjects = (0..<below(3)).map { _ in
            Event.Subject(
                type: RandomJournal.types[below(2)], name: isOne(of: 30) ? "rare\(below(5))" : "name\(below(9))")
        }
        return Event(
            id: "id-\(count)", time: Instant(milliseconds: time), account: account,
            region: regions[isOne(of: 5) ? 1 : 0],
            source: RandomJournal.sources[below(3)], name: RandomJournal.names[below(5)], isReadOnly: read,
            category: kind,
            identity: EventIdentity(principal: principal, accessKeyID: isOne(of: 9) ? "" : key(), session: nil),
            sourceAddress: "198.51.100.7", userAgent: nil, requestID: "request",
            subjects: subjects)
    }

    private mutating func key() -> String { isOne(of: 50) ? "AKIARARE\(below(4))" : "AKIA\(below(6))" }

    /// A question, and the same told of an entry.
    mutating func question() -> (search: JournalSearch, admits: (Entry) -> Bool) {
        let account = accounts[below(2)]
        if isOne(of: 5) {
            let key = key()
            return (
                JournalSearch(usesOf: key, by: account),
                { $0.account == account.description && $0.accessKeyID == key }
            )
        }
        let region = regions[below(2)]
        let (from, through) = window()
        let (attribute, matches) = attribute()
        let search = JournalSearch(eventsOf: account, in: region, from: from, through: through, with: attribute)
        return (
            search,
            { entry in
                entry.category == .management && entry.account == account.description
                    && entry.region == region.description && entry.time >= from && entry.time <= through
                    && matches(entry)
            }
        )
    }

    private mutating func window() -> (Instant, Instant) {
        if isOne(of: 2) { return (Instant(milliseconds: .min), Instant(milliseconds: .max)) }
        let from = time - Int64(below(60_000_000)) + 10_000_000
        return (Instant(milliseconds: from), Instant(milliseconds: from + Int64(below(10_000_000))))
    }

    private mutating func attribute() -> ((name: JournalSearch.Attribute, value: String)?, (Entry) -> Bool) {
        let user = RandomJournal.users[below(5)]
        let (id, key, type) = ("id-\(below(count + 2))", key(), RandomJournal.types[below(2)])
        let name = isOne(of: 2) ? "rare\(below(6))" : "name\(below(10))"
        let (event, source) = (RandomJournal.names[below(5)], RandomJournal.sources[below(3)])
        switch below(10) {
        case 0: return ((.userName, user), { $0.user == user })
        case 1: return ((.eventID, id), { $0.id == id })
        case 2: return ((.eventName, event), { $0.name == event })
        case 3: return ((.readOnly, "true"), { $0.isReadOnly })
        case 4: return ((.readOnly, "false"), { !$0.isReadOnly })
        case 5: return ((.resourceType, type), { $0.subjects.contains { $0.type == type } })
        case 6: return ((.resourceName, name), { $0.subjects.contains { $0.name == name } })
        case 7: return ((.eventSource, source), { $0.source == source })
        case 8: return ((.accessKeyID, key), { $0.accessKeyID == key })
        default: return (nil, { _ in true })
        }
    }
}
