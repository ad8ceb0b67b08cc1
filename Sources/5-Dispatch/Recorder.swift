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

    func success(
        _ input: Op.Input, _ target: Op.Target, _ output: Op.Output, _ decision: TracedDecision?
    ) -> Event? {
        let style = RecordStyle.of(model.service)
        var (response, subjects): ([UInt8]?, [Event.Subject]) = (nil, [])
        switch operation.responseElements(output) {
        case .none: break
        case .json(let json): response = json
        case .shape: (response, subjects) = encode(output, style)
        }
        let made = operation.made(output)
        subjects += made.map { Event.Subject(type: $0.type, name: $0.arn) }
        return event(input, target, style, Outcome(response: response, subjects: subjects, made: made), decision)
    }

    func failure(
        _ input: Op.Input, _ target: Op.Target?, _ error: any ServiceError, _ decision: TracedDecision?
    ) -> Event? {
        let style = RecordStyle.of(model.service)
        let isDenied = error is AccessDenied
        return event(
            input, target, style,
            Outcome(
                code: isDenied ? "AccessDenied" : error.shapeName, message: error.message,
                hidesRequest: isDenied && !style.showsDeniedRequests), decision)
    }

    /// How the call ended.
    private struct Outcome {
        var response: [UInt8]?
        /// What the response names.
        var subjects: [Event.Subject] = []
        var made: [Event.Resource] = []
        var code: String?
        var message: String?
        /// Whether what was asked for is not shown.
        var hidesRequest = false
    }

    /// Nil where nobody receives the record: an anonymous call that is about no account's resources.
    private func event(
        _ input: Op.Input, _ target: Op.Target?, _ style: RecordStyle, _ outcome: Outcome, _ decision: TracedDecision?
    ) -> Event? {
        let recording = operation.recording(input, of: target, facts)
        facts.notes?.needed(lists: decision?.neededLists ?? false || recording.setsList)
        guard let account = facts.account ?? recording.owner else { return nil }
        var (request, subjects): ([UInt8]?, [Event.Subject]) = (nil, [])
        if !outcome.hidesRequest {
            switch recording.request {
            case .none: break
            case .json(let json): request = json
            case .shape: (request, subjects) = encode(input, style)
            }
            if !recording.subjects.isEmpty { subjects += recording.subjects }
            for subject in outcome.subjects where !subjects.contains(subject) { subjects.append(subject) }
        }
        // A service is told in place of the connection that made it call.
        let service: String? =
            if case .service(let name) = facts.caller.principal { name } else { facts.invoker }
        let additional = recording.additional(
            succeeded: outcome.code == nil, neededLists: decision?.neededLists ?? false)
        let isShared = outcome.code == nil && !recording.receivers(besides: account).isEmpty
        return Event(
            id: world.identifiers.uuid(), time: facts.now, account: account,
            region: style.region(facts), source: style.source,
            name: recording.eventName ?? model.name, isReadOnly: recording.isReadOnly ?? model.isReadOnly,
            category: recording.category, identity: facts.caller.eventIdentity(through: facts.invoker),
            sourceAddress: service ?? facts.connection.peerAddress, userAgent: service ?? style.userAgent(facts),
            requestID: facts.requestID, tls: service == nil ? facts.connection.tls : nil,
            host: service == nil ? facts.host : nil, errorCode: outcome.code,
            errorMessage: outcome.message,
            requestParameters: request,
            responseElements: outcome.code == nil ? recording.completed(outcome.response) : nil,
            additionalData: additional,
            resources: outcome.hidesRequest ? [] : recording.resources + outcome.made, subjects: subjects,
            sharedID: isShared ? world.identifiers.uuid() : nil, decision: decision)
    }

    /// What the other accounts receive of a call that several are told of.
    func copies(of event: Event, _ input: Op.Input, _ target: Op.Target) -> [Event] {
        guard event.sharedID != nil else { return [] }
        let receivers = operation.recording(input, of: target, facts).receivers(besides: event.account)
        return receivers.map { copy(of: event, to: $0) }
    }

    private func copy(of event: Event, to account: AccountID) -> Event {
        Event(
            id: world.identifiers.uuid(), time: event.time, account: account, region: event.region,
            source: event.source, name: event.name, isReadOnly: event.isReadOnly, category: event.category,
            identity: event.identity.foreign, sourceAddress: event.sourceAddress, userAgent: event.userAgent,
            requestID: event.requestID, tls: event.tls, host: event.host, requestParameters: event.requestParameters,
            responseElements: event.responseElements, additionalData: event.additionalData,
            resources: event.resources, subjects: event.subjects, sharedID: event.sharedID)
    }

    private func encode(_ shape: some Smithy.Shape, _ style: RecordStyle) -> ([UInt8]?, [Event.Subject]) {
        var encoder = RecordEncoder(timeStyle: style.times, subjectTypes: style.subjectTypes)
        return (encoder.encode(shape), encoder.subjects)
    }
}

extension RequestFacts {
    /// The event of a call by this caller, without parameters. - Parameter error: its code and its message.
    func event(
        to account: AccountID, named name: String, source: String, isReadOnly: Bool, category: Event.Category,
        region: Region, id: String, userAgent: String?, error: (code: String, message: String)?,
        decision: TracedDecision? = nil
    ) -> Event {
        Event(
            id: id, time: now, account: account, region: region, source: source, name: name,
            isReadOnly: isReadOnly, category: category, identity: caller.eventIdentity(),
            sourceAddress: connection.peerAddress, userAgent: userAgent, requestID: requestID, tls: connection.tls,
            host: host, errorCode: error?.code, errorMessage: error?.message, decision: decision)
    }
}
