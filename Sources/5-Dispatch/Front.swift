import AWS
public import Authentication
public import HTTP
import Smithy
public import Wire
public import World

/// Where a request enters the house: route, authenticate, find the operation, let it run through the gate, answer.
///
/// It never throws and never answers success by itself.
public final class Front: Sendable {
    let gate: Gate
    let authenticator: Authenticator
    let router: Router
    let world: World
    private let services: [Served]
    let messages: AuthorizationMessages
    let crossOrigin: (any CrossOriginRules)?
    let requestLog: (any RequestLog)?
    let websites: (any WebsiteHosting)?
    /// For bodies that are read whole, from whoever sends them.
    let bodies: BodyBudget
    /// For those of callers whose signatures are verified first: strangers leave it to them.
    let provedBodies = BodyBudget(bytes: 128 << 20, share: 128 << 20)
    /// For chunks that are kept until their signatures are verified: what is beyond those that SDKs send.
    let chunks = SharedRoom(.init(all: 128 << 20, address: 64 << 20, key: 64 << 20, strangers: 0))
    /// Answers so far, for the metrics.
    public let counters = RequestCounters()

    /// An operation, and how often it answered 200.
    private final class Known: Sendable {
        let operation: AnyOperation
        let tally: RequestCounters.Tally

        init(_ operation: AnyOperation, _ tally: RequestCounters.Tally) {
            (self.operation, self.tally) = (operation, tally)
        }
    }

    /// A service by name: there are few, and their names are short.
    private struct Served {
        let name: String
        let operations: [String: Known]
        /// In bytes, of all of its operations.
        let longestDocument: Int
    }

    public init(
        gate: Gate, authenticator: Authenticator, router: Router, world: World, operations: [AnyOperation],
        messages: AuthorizationMessages, crossOrigin: (any CrossOriginRules)? = nil,
        requestLog: (any RequestLog)? = nil, websites: (any WebsiteHosting)? = nil, bodies: BodyBudget = BodyBudget()
    ) {
        (self.gate, self.authenticator, self.router, self.world) = (gate, authenticator, router, world)
        self.bodies = bodies
        bodies.check(operations)
        (self.messages, self.crossOrigin, self.requestLog, self.websites) = (
            messages, crossOrigin, requestLog, websites
        )
        gate.roster.fill(operations)
        let counters = counters
        services = Dictionary(grouping: operations) { $0.model.service.name }.map { service, operations in
            let known = operations.map { operation in
                let name = operation.model.name
                let tally = counters.tally(service: service, operation: name, status: 200)
                return (name, Known(operation, tally))
            }
            return Served(
                name: service, operations: Dictionary(known) { first, _ in first },
                longestDocument: known.map(\.1.operation.largestDocument).max() ?? largestUsualDocument)
        }
    }

    /// The answer to one request, whatever it is: an error too is an answer.
    public func answer(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        guard let requestLog, requestLog.isActive else { return await answer(head, body, nil, nil) }
        let routing = routing(head)
        guard let watch = Watch(requestLog, world.clock, head, routing) else {
            return await answer(head, body, routing, nil)
        }
        return await watch.answered(await answer(head, watch.body(body), routing, watch.notes))
    }

    /// - Parameter routing: where it is known already.
    private func answer(
        _ head: RequestHead, _ body: any RequestBody, _ routing: Routing?, _ notes: RequestNotes?
    ) async -> Response {
        guard let request = crossOriginRequest(head) else { return await answerCall(head, body, routing, notes) }
        if request.isPreflight { return preflight(request, notes) }
        return response(await answerCall(head, body, routing, notes), for: request)
    }

    private func answerCall(
        _ head: RequestHead, _ body: any RequestBody, _ routing: Routing?, _ notes: RequestNotes?
    ) async -> Response {
        switch begin(head, body, routing, notes) {
        case .answered(let response): return response
        case .ready(let exchange):
            do { return try await perform(exchange) } catch {
                return refusal(error, head, exchange.route, exchange.identity, notes)
            }
        case .unread(let route, let identity):
            if route.isWebsite { return await answerWebsite(head, route, identity, notes) }
            do {
                if route.mayBeForm(head) { return try await answerForm(head, body, route, identity, notes) }
                return try await perform(read(head, body, route, identity, notes))
            } catch {
                return refusal(error, head, route, identity, notes)
            }
        }
    }

    /// How far a request gets without waiting.
    private enum Beginning {
        case answered(Response)
        case ready(WireExchange)
        case unread(Route, RequestIdentity)
    }

    /// Most requests are short and most calls are reads: they are answered here, in one go.
    @inline(never)
    private func begin(
        _ head: RequestHead, _ body: any RequestBody, _ routed: Routing?, _ notes: RequestNotes?
    ) -> Beginning {
        var route: Route
        switch routed ?? routing(head) {
        case .service(let found): route = found
        case .malformed(let error, let format): return .answered(refuse(error, format))
        case .unknown(let name, let format): return .answered(refuse(Front.unknownService(name), format))
        }
        let identity = identity(isS3: route.wireProtocol == .restXML)
        notes?.began(identity)
        guard route.service.wireProtocol != .restXML, let bytes = body.takeWhole() else {
            return .unread(route, identity)
        }
        do {
            let exchange = try exchange(head, bytes, &route, identity)
            return performNow(exchange).map { .answered($0) } ?? .ready(exchange)
        } catch {
            return .answered(refusal(error, head, route, identity, notes))
        }
    }

    /// Nil where the call has to wait for something, or fails: then `perform` does all of it, and records it.
    private func performNow(_ exchange: WireExchange) -> Response? {
        guard let known = known(exchange.route), !exchange.facts.caller.isAnonymous,
            let response = known.operation.runNow?(gate, exchange)
        else { return nil }
        count(response.status, known, exchange.route)
        return response
    }

    /// Reads a request's body, or of S3's as much as must be known before.
    private func read(
        _ head: RequestHead, _ body: any RequestBody, _ route: Route, _ identity: RequestIdentity,
        _ notes: RequestNotes?
    ) async throws -> WireExchange {
        if route.service.wireProtocol == .restXML { return try await exchange(head, body, route, identity, notes) }
        var route = route
        let sender = try checkHead(head, route)
        let isLong = sender.isSigned && body.declaredLength ?? .max > largestUsualDocument
        let most = isLong ? served(route.service)?.longestDocument : nil
        let (bytes, room) = try await collectHeld(body, of: head, by: sender, most: most ?? largestUsualDocument)
        guard bytes.count > largestUsualDocument else {
            return try exchange(head, bytes, &route, identity, in: room)
        }
        // A digest of so much takes its time.
        return try await gate.lengthy.run { [self, route] in
            var route = route
            return try exchange(head, bytes, &route, identity, in: room)
        }
    }

    /// Refuses who the head alone shows to be nobody, before his body is read. Passing allows nothing but that.
    private func checkHead(_ head: RequestHead, _ route: Route) throws -> BodySender {
        let claim = try authenticator.checkHead(head, for: SigningService(route), at: times())
        if let claim { return BodySender(claim) }
        guard case .known = route.operation, known(route)?.operation.model.isUnsigned != true else { return .stranger }
        throw AuthenticationFailure.missingToken
    }

    @inline(never)
    func routing(_ head: RequestHead) -> Routing {
        let hint = ScopeHint(head)
        return router.route(head, scopeService: hint.service, scopeRegion: hint.region)
    }

    private static func unknownService(_ name: String?) -> WireError {
        WireError("NotImplemented", "The service \(name ?? "named") is not implemented by Gatehouse.", status: 501)
    }

    /// An answer without a service of ours to word it.
    private func refuse(_ error: WireError, _ format: ServiceModel.WireProtocol) -> Response {
        let model = ServiceModel.nameless(format)
        counters.count(service: "none", operation: "none", status: error.httpStatus)
        return Codec(model, speaking: format).encode(error: error, identity(isS3: format == .restXML))
    }

    func identity(isS3: Bool) -> RequestIdentity {
        guard isS3 else { return RequestIdentity(requestID: world.identifiers.uuid()) }
        return RequestIdentity(
            requestID: world.identifiers.hexadecimal(16), hostID: world.identifiers.base32(56))
    }

    @inline(never)
    private func refusal(
        _ error: any Error, _ head: RequestHead, _ route: Route, _ identity: RequestIdentity, _ notes: RequestNotes?
    ) -> Response {
        let told = told(error, route, identity)
        notes?.failed(told.code)
        counters.count(service: route.service.name, operation: route.operationName, status: told.httpStatus)
        return Codec(route.service, speaking: route.wireProtocol).encode(
            error: told, identity, resource: String(decoding: route.path, as: UTF8.self),
            isHead: head.matches(head.method, "HEAD"))
    }

    func times() -> Authenticator.Times {
        Authenticator.Times(wall: world.clock.wallTime(), now: world.clock.now())
    }

    /// A request whose body is here: authenticated, and its form read. What that names says how long it may be.
    @inline(never)
    private func exchange(
        _ head: RequestHead, _ body: [UInt8], _ route: inout Route, _ identity: RequestIdentity,
        in room: BodyRoom? = nil
    ) throws -> WireExchange {
        let times = times()
        let proved = try authenticator.authenticate(head, for: SigningService(route), payload: .body(body), at: times)
        try route.readBody(body)
        guard body.count <= largestUsualDocument || body.count <= known(route)?.operation.largestDocument ?? 0 else {
            throw Front.tooLarge
        }
        let facts = RequestFacts(
            caller: proved.caller, region: route.region, now: times.now, requestID: identity.requestID, head: head)
        return WireExchange(
            facts: facts, head: head, route: route, payload: .bytes(body), identity: identity, room: room)
    }

    /// A request to S3: its body is checked as it is read.
    private func exchange(
        _ head: RequestHead, _ body: any RequestBody, _ route: Route, _ identity: RequestIdentity,
        _ notes: RequestNotes?
    ) async throws -> WireExchange {
        let times = times()
        let proved = try authenticator.authenticate(head, for: SigningService(route), payload: .fromHeader, at: times)
        notes?.proved(proved.caller)
        let operation = known(route)?.operation
        let streams = operation?.streams == true
        let checksums = operation?.tellsObjectChecksums == true
        let verified = try proved.body(
            body, checksums: checksums ? .describeObject : .describeBody, holding: holding(proved, head))
        let most = operation?.largestDocument ?? largestUsualDocument
        var (payload, room) = (Payload.stream(verified), BodyRoom?.none)
        if !streams {
            let sender = proved.caller.accessKeyID.map { BodySender.proved($0) } ?? .stranger
            let held = try await collectHeld(verified, of: head, by: sender, most: most)
            (payload, room) = (.bytes(held.bytes), held.room)
        }
        let facts = RequestFacts(
            caller: proved.caller, region: route.region, now: times.now, requestID: identity.requestID, head: head,
            hasBodyDigest: verified.isPromised, notes: notes, hostLabel: route.hostLabel)
        return WireExchange(
            facts: facts, head: head, route: route, payload: payload, identity: identity, room: room)
    }

    func perform(_ exchange: WireExchange) async throws -> Response {
        guard let known = known(exchange.route) else { throw try await unknown(exchange) }
        let operation = known.operation
        guard !exchange.facts.caller.isAnonymous || exchange.isForS3 || operation.model.isUnsigned else {
            throw AuthenticationFailure.missingToken
        }
        do {
            let response = try await operation.run(gate, exchange)
            count(response.status, known, exchange.route)
            return response
        } catch let unread as Unread {
            throw try await recorded(unread, operation.model, exchange)
        }
    }

    @inline(never)
    private func recorded(_ unread: Unread, _ model: OperationModel, _ exchange: WireExchange) async throws
        -> any ServiceError
    {
        try await gate.recordUnread(model.name, of: model.service, unread.cause, exchange.facts)
        return unread.cause
    }

    private func known(_ route: Route) -> Known? {
        guard let name = route.operationName else { return nil }
        let service = route.service.name
        for served in services where served.name == service { return served.operations[name] }
        return nil
    }

    func operation(_ model: OperationModel) -> AnyOperation? {
        served(model.service)?.operations[model.name]?.operation
    }

    private func served(_ service: ServiceModel) -> Served? { services.first { $0.name == service.name } }

    private func count(_ status: Int, _ known: Known, _ route: Route) {
        if status == 200 { return known.tally.count() }
        counters.count(service: route.service.name, operation: route.operationName, status: status)
    }

    /// An operation AWS has and we have not, or that nobody has: told apart from a denial only after authentication.
    @inline(never)
    private func unknown(_ exchange: WireExchange) async throws -> any Error {
        let (facts, route) = (exchange.facts, exchange.route)
        guard !facts.caller.isAnonymous || exchange.isForS3 else { return AuthenticationFailure.missingToken }
        let name: String? =
            switch route.operation {
            case .known(let name): name
            case .unknown(let name): name
            case .inBody: nil
            }
        let error = exchange.codec.unknownOperation(name, version: route.version)
        world.log(
            .warning, "an operation that is not implemented was called",
            [
                "service": route.service.name, "operation": name ?? "none", "requestId": facts.requestID,
            ])
        if route.operationName != nil { try await gate.recordUnread(name ?? "", of: route.service, error, facts) }
        return error
    }

    static let tooLarge = WireError("RequestEntityTooLarge", "The request body is too large.", status: 413)
}

extension WireError {
    init(_ refusal: Refusal) {
        self.init(
            refusal.code, refusal.message, status: refusal.status,
            fields: refusal.details.map { ErrorField($0.name, $0.value) })
    }
}

extension SigningService {
    /// The service a route leads to, as far as signatures go. Any Region may be signed for.
    init(_ route: Route) {
        let family: Family
        switch route.service.wireProtocol {
        case .query, .ec2: family = .query
        case .json: family = .json
        case .restJSON: family = .restJSON
        case .restXML: family = .s3
        }
        self.init(
            name: route.signingName, region: route.region.description, family: family,
            acceptsVersion2: route.service.name == "s3", hostBucket: route.hostBucket)
    }
}

extension ServiceModel {
    /// For errors that no service words.
    static func nameless(_ format: WireProtocol) -> ServiceModel {
        ServiceModel(
            name: format == .restXML ? "s3" : "none", serviceID: "none", wireProtocol: format, jsonVersion: "1.1",
            apiVersion: "", endpointPrefix: "", signingName: "", targetPrefix: "", xmlNamespace: "", catalogue: "")
    }
}
