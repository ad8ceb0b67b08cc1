import AWS
import Journal
import World

/// A look-up, for the index and for who reads every record.
struct Question {
    let name: String
    let search: JournalSearch
    let admits: (Entry) -> Bool

    /// - Parameters: the times of the first and of the last record.
    static func all(_ first: Instant, _ last: Instant) throws -> [Question] {
        guard let account = SampleEvent.account else { throw SampleEvent.StrangeAccount() }
        func events(
            _ name: String, _ attribute: (name: JournalSearch.Attribute, value: String)? = nil,
            _ times: (Instant, Instant),
            _ admits: @escaping (Entry) -> Bool
        ) -> Question {
            let search = JournalSearch(
                eventsOf: account, in: .usEast1, from: times.0, through: times.1, with: attribute)
            return Question(name: name, search: search) { entry in
                entry.category == .management && entry.account == account.description && entry.region == "us-east-1"
                    && entry.time >= times.0 && entry.time <= times.1 && admits(entry)
            }
        }
        let all = (first, last)
        let minute = (first + .seconds(600), first + .seconds(602))
        return [
            events("rare user", (.userName, "rare"), all) { $0.user == "rare" },
            events("user among a thousand", (.userName, "user7"), all) { $0.user == "user7" },
            events("unknown event id", (.eventID, "nothing"), all) { $0.id == "nothing" },
            events("unknown user", (.userName, "nobody"), all) { $0.user == "nobody" },
            events("frequent event name", (.eventName, "ListUsers"), all) { $0.name == "ListUsers" },
            events("no attribute, all times", nil, all) { _ in true },
            events("two seconds deep in the past", nil, minute) { _ in true },
            events("user within these", (.userName, "user7"), minute) { $0.user == "user7" },
            Question(name: "last use of a key never used", search: JournalSearch(usesOf: "AKIANEVER", by: account)) {
                $0.accessKeyID == "AKIANEVER"
            },
        ]
    }
}
