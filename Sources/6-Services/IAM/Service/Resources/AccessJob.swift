import AWS
import Formats
import IAMAPI
import Storage
import World

/// A report of last-accessed information, which is done when it is stored.
struct AccessJob: Sendable {
    let id: String
    /// Who asked: the unique id of the user or role, the account id of root.
    let caller: String
    /// The ARN it is about.
    let target: String
    let isByAction: Bool
    let started: Instant
    let services: [IAM.ServiceLastAccessed]

    /// Reports can be read for seven days.
    static let lifetime = Duration.seconds(7 * 86_400)

    /// The caller's report of that id.
    /// - Source: IAM API Reference, "GenerateServiceLastAccessedDetails": it is for whoever asked for it alone.
    static func find(
        _ id: String, of caller: String, in account: AccountID, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> AccessJob {
        let job = try snapshot.first(
            """
            SELECT id, caller, target, by_action, started, services FROM iam_access_job
            WHERE id = ? AND account = ? AND caller = ? AND started > ?
            """, .text(id), .text(account.description), .text(caller),
            .int(now.milliseconds - lifetime.components.seconds * 1000)
        ) { row in
            AccessJob(
                id: row.text(0), caller: row.text(1), target: row.text(2), isByAction: row.bool(3),
                started: Instant(milliseconds: row.int(4)), services: try ServicesText.read(row.text(5)))
        }
        guard let job else {
            throw IAM.NoSuchEntityException(message: "There is no report with the job id \(id) for this caller.")
        }
        return job
    }

    /// Stores the report, and forgets those of the account that nobody can read any more.
    func insert(in account: AccountID, _ transaction: inout Transaction) throws {
        try transaction.run(
            "DELETE FROM iam_access_job WHERE account = ? AND started <= ?", .text(account.description),
            .int(started.milliseconds - AccessJob.lifetime.components.seconds * 1000))
        try transaction.run(
            """
            INSERT INTO iam_access_job (id, account, caller, target, by_action, started, completed, services)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)
            """, .text(id), .text(account.description), .text(caller), .text(target), .bool(isByAction),
            .int(started.milliseconds), .text(ServicesText.write(services)))
    }
}

/// A report's services as JSON text: lists of texts, where a number is a time in milliseconds.
private enum ServicesText {
    static func write(_ services: [IAM.ServiceLastAccessed]) -> String {
        var json = JSONWriter()
        json.beginArray()
        for service in services {
            json.beginObject()
            json.member("name", service.serviceName)
            json.member("namespace", service.serviceNamespace)
            write(service.lastAuthenticated, service.lastAuthenticatedEntity, service.lastAuthenticatedRegion, &json)
            if let count = service.totalAuthenticatedEntities {
                json.key("count")
                json.integer(count)
            }
            if let actions = service.trackedActionsLastAccessed {
                json.key("actions")
                json.beginArray()
                for action in actions {
                    json.beginObject()
                    json.member("name", action.actionName ?? "")
                    write(action.lastAccessedTime, action.lastAccessedEntity, action.lastAccessedRegion, &json)
                    json.endObject()
                }
                json.endArray()
            }
            json.endObject()
        }
        json.endArray()
        return json.text
    }

    private static func write(_ time: Instant?, _ entity: String?, _ region: String?, _ json: inout JSONWriter) {
        if let time {
            json.key("time")
            json.integer(time.milliseconds)
        }
        if let entity { json.member("entity", entity) }
        if let region { json.member("region", region) }
    }

    static func read(_ text: String) throws -> [IAM.ServiceLastAccessed] {
        var json = JSONReader(Array(text.utf8))
        var services: [IAM.ServiceLastAccessed] = []
        try json.beginArray()
        while try json.nextElement() {
            var service = IAM.ServiceLastAccessed()
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "name": service.serviceName = try json.readString()
                case "namespace": service.serviceNamespace = try json.readString()
                case "time": service.lastAuthenticated = Instant(milliseconds: try json.readInt64())
                case "entity": service.lastAuthenticatedEntity = try json.readString()
                case "region": service.lastAuthenticatedRegion = try json.readString()
                case "count": service.totalAuthenticatedEntities = Int(try json.readInt64())
                default: service.trackedActionsLastAccessed = try actions(&json)
                }
            }
            services.append(service)
        }
        return services
    }

    private static func actions(_ json: inout JSONReader) throws -> [IAM.TrackedActionLastAccessed] {
        var actions: [IAM.TrackedActionLastAccessed] = []
        try json.beginArray()
        while try json.nextElement() {
            var action = IAM.TrackedActionLastAccessed()
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "time": action.lastAccessedTime = Instant(milliseconds: try json.readInt64())
                case "entity": action.lastAccessedEntity = try json.readString()
                case "region": action.lastAccessedRegion = try json.readString()
                default: action.actionName = try json.readString()
                }
            }
            actions.append(action)
        }
        return actions
    }
}
