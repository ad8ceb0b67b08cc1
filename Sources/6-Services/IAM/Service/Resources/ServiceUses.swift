import Storage
import World

/// How some entities together used services: who last, when and where, and how many of them.
struct ServiceUses: Sendable {
    /// The last use of a service or an action.
    struct Latest: Sendable {
        let time: Instant
        let region: String
        /// The entity's unique id.
        let owner: String
    }

    struct Service: Sendable {
        fileprivate(set) var latest: Latest
        fileprivate(set) var owners: Set<String> = []
        fileprivate(set) var actions: [String: Latest] = [:]
    }

    private(set) var services: [String: Service] = [:]

    /// Of the entities' rows in the tables, and of what the tables do not have yet.
    init(of entities: [AccessEntity], _ behind: GatheredUses, _ snapshot: borrowing Snapshot) throws {
        for entity in entities {
            let rows = try snapshot.rows(
                "SELECT service, action, time, region FROM iam_access_use WHERE owner = ?", .text(entity.id)
            ) {
                (
                    GatheredUses.Part(service: $0.text(0), action: $0.text(1)),
                    GatheredUses.Last(time: Instant(milliseconds: $0.int(2)), region: $0.text(3))
                )
            }
            for (part, last) in rows { add(part, last, entity.id) }
            for (part, last) in behind.owners[entity.id] ?? [:] { add(part, last, entity.id) }
        }
    }

    private mutating func add(_ part: GatheredUses.Part, _ last: GatheredUses.Last, _ owner: String) {
        let use = Latest(time: last.time, region: last.region, owner: owner)
        var service = services[part.service] ?? Service(latest: use)
        if service.latest.time < use.time { service.latest = use }
        service.owners.insert(owner)
        if !part.action.isEmpty, (service.actions[part.action]?.time ?? use.time) <= use.time {
            service.actions[part.action] = use
        }
        services[part.service] = service
    }
}
