import AWS
import Authentication
import HTTP
import Journal
import Smithy
import World

/// Makes the CloudTrail event of one call.
struct Recorder<Op: Operation> {
    private let operation: Op
    private let facts: RequestFacts
    private let world: World
    private var model: OperationModel { Op.Shape.model }

    init(_ operation: Op, _ facts: RequestFacts, _ world: World) {
        (self.operation, self.facts, self.world) = (operation, facts, world)
    }

    func success(_ input: Op.Input, _ target: Op.Target, _ output: Op.Output) -> Event? {
        let style = RecordStyle.of(model.service)
        guard var event = draft(input, target, style) else { return nil }
        switch operation.responseElements(output) {
        case .none: break
        case .json(let json): event.responseElements = json
        case .shape:
            var encoder = RecordEncoder(timeStyle: style.times, subjectTypes: style.subjectTypes)
            event.responseElements = encoder.encode(output)
            for subject in encoder.subjects where !event.subjects.contains(subject) { event.subjects.append(subject) }
        }
        return event
    }

    func failure(_ input: Op.Input, _ target: Op.Target?, _ error: any ServiceError) -> Event? {
        let style = RecordStyle.of(model.service)
        guard var event = draft(input, target, style) else { return nil }
        event.errorCode = error is AccessDenied ? style.accessDeniedCode : error.shapeName
        if error is AccessDenied, !style.showsDeniedRequests {
            (event.requestParameters, event.resources, event.subjects) = (nil, [], [])
        }
        event.errorMessage = error.message
        return event
    }

    /// Nil where nobody receives the record: an anonymous call that is about no account's resources.
    private func draft(_ input: Op.Input, _ target: Op.Target?, _ style: RecordStyle) -> Event? {
        let recording = operation.recording(input, of: target, facts)
        guard let account = facts.account ?? recording.owner else { return nil }
        var event = facts.event(
            to: account, named: recording.eventName ?? model.name, source: style.source,
            isReadOnly: recording.isReadOnly ?? model.isReadOnly, category: recording.category,
            region: style.isGlobal ? .usEast1 : facts.region, id: world.identifiers.uuid())
        if style.bracketsUserAgent { event.userAgent = event.userAgent.map { "[\($0)]" } }
        switch recording.request {
        case .none: break
        case .json(let json): event.requestParameters = json
        case .shape:
            var encoder = RecordEncoder(timeStyle: style.times, subjectTypes: style.subjectTypes)
            event.requestParameters = encoder.encode(input)
            event.subjects = encoder.subjects
        }
        if !recording.subjects.isEmpty { event.subjects += recording.subjects }
        event.resources = recording.resources
        event.additionalData = recording.additionalData
        if style.printsAPIVersion { event.apiVersion = model.service.apiVersion }
        return event
    }
}

extension RequestFacts {
    /// The event of a call by this caller, without parameters.
    func event(
        to account: AccountID, named name: String, source: String, isReadOnly: Bool, category: Event.Category,
        region: Region, id: String
    ) -> Event {
        var event = Event(
            id: id, time: now, account: account, region: region, source: source, name: name,
            isReadOnly: isReadOnly, category: category, identity: caller.eventIdentity,
            sourceAddress: connection.peerAddress, userAgent: userAgent, requestID: requestID)
        event.tls = connection.tls
        event.host = host
        return event
    }
}
