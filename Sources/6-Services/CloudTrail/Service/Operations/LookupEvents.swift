import AWS
import CloudTrailAPI
import Door
import Journal
import Storage
import World

/// The account's management events of the last 90 days in one Region, newest first.
/// - Source: CloudTrail API Reference, "LookupEvents".
struct LookupEvents: Query {
    typealias Shape = CloudTrail.LookupEvents
    static let readsJournal = true

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("cloudtrail", "LookupEvents"), on: "*", of: target)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let filter = try EventFilter(input, permit.target, permit.facts)
        let limit = input.maxResults ?? 50
        guard (1...50).contains(limit) else {
            throw CloudTrail.InvalidMaxResultsException(
                message: "A maximum of 50 results can be returned. Specify a number from 1 to 50.")
        }
        let token = try PageToken(input.nextToken, filter)
        // Insight events are not made by this server, so there are none.
        guard input.eventCategory == nil else { return Output(events: []) }
        var events: [CloudTrail.Event] = []
        var next: PageToken?
        var last: Int64 = 0
        try Journal.find(filter.search, before: token?.position, snapshot) { position, entry in
            guard events.count < limit else {
                next = PageToken(position: last, filter)
                return false
            }
            events.append(shape(entry))
            last = position
            return true
        }
        return Output(events: events, nextToken: next?.text)
    }

    private func shape(_ entry: Entry) -> CloudTrail.Event {
        CloudTrail.Event(
            eventId: entry.id, eventName: entry.name, readOnly: entry.isReadOnly ? "true" : "false",
            accessKeyId: entry.accessKeyID.isEmpty ? nil : entry.accessKeyID,
            eventTime: Instant(seconds: entry.time.seconds),
            eventSource: entry.source, username: entry.user,
            resources: entry.subjects.map { CloudTrail.Resource(resourceType: $0.type, resourceName: $0.name) },
            cloudTrailEvent: String(decoding: entry.record, as: UTF8.self))
    }
}
