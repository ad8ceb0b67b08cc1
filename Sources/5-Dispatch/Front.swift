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
    private let router: Router
    let world: World
    private let services: [Served]
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
    }

    /// Bodies that are read whole: forms, JSON and XML documents. A DeleteObjects of 1,000 long keys fits.
    private static let largestDocument = 2 * 1024 * 1024

    public init(
        gate: Gate, authenticator: Authenticator, router: Router, world: World, operations: [AnyOperation]
    ) {
        (self.gate, self.authenticator, self.router, self.world) = (gate, authenticator, router, world)
        let counters = counters
        services = Dictionary(grouping: operations) { $0.model.service.name }.map { service, operations in
            let known = operations.map { operation in
                let name = operation.model.name
                let tally = counters.tally(service: service, operation: name, status: 200)
                return (name, Known(operation, tally))
            }
            return Served(name: service, operations: Dictionary(known) { first, _ in first })
        }
    }

    /// The answer to one request, whatever it is: an error too is an answer.
    public func answer(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        let hint = ScopeHint(head)
        let routing = router.route(head, scopeService: hint.service, scopeRegion: hint.region)
        switch consume routing {
        case .service(let route): return await answer(head, body, route)
        case .malformed(let error, let format): return refuse(error, format)
        case .unknown(let name, let format):
            let error = WireError(
                "NotImplemented", "The service \(name ?? "named") is not implemented by Gatehouse.", status: 501)
            return refuse(error, format)
        }
    }

    /// An answer without a service of ours to word it.
    private func refuse(_ error: WireError, _ format: ServiceModel.WireProtocol) -> Response {
        let model = ServiceModel.nameless(format)
        counters.count(service: "none", operation: "none", status: error.httpStatus)
        return Codec(model, speaking: format).encode(error: error, identity(isS3: format == .restXML))
    }

    private func identity(isS3: Bool) -> RequestIdentity {
        guard isS3 else { return RequestIdentity(requestID: world.identifiers.uuid()) }
        return RequestIdentity(
            requestID: world.identifiers.hexadecimal(16), hostID: world.identifiers.base32(56))
    }

    private func answer(_ head: RequestHead, _ body: any RequestBody, _ route: consuming Route) async -> Response {
        let identity = identity(isS3: route.wireProtocol == .restXML)
        let codec = Codec(route.service, speaking: route.wireProtocol)
        do {
            return try await perform(head, body, &route, codec, identity)
        } catch {
            let told = told(error, route, identity)
            counters.count(service: route.service.name, operation: route.operationName, status: told.httpStatus)
            return codec.encode(
                error: told, identity, resource: String(decoding: route.path, as: UTF8.self),
                isHead: head.matches(head.method, "HEAD"))
        }
    }

    private func perform(
        _ head: RequestHead, _ body: any RequestBody, _ route: inout Route, _ codec: Codec, _ identity: RequestIdentity
    ) async throws -> Response {
        let service = SigningService(route)
        let times = Authenticator.Times(wall: world.clock.wallTime(), now: world.clock.now())
        let proved: Authenticated
        let payload: Payload
        var hasBodyDigest = false
        if service.family == .s3 {
            proved = try authenticate(head, service, .fromHeader, times)
            let verified = try proved.body(body, checksums: .describeBody)
            hasBodyDigest = verified.isPromised
            payload = known(route)?.operation.streams == true ? .stream(verified) : .bytes(try await collect(verified))
        } else {
            let bytes = if let whole = body.takeWhole() { whole } else { try await collect(body) }
            if bytes.count > Front.largestDocument { throw Front.tooLarge }
            proved = try authenticate(head, service, .body(bytes), times)
            try route.readBody(bytes)
            payload = .bytes(bytes)
        }
        let facts = facts(head, proved.caller, route.region, identity, times, hasBodyDigest: hasBodyDigest)
        guard let known = known(route) else {
            throw try await unknown(route, codec, facts, service)
        }
        guard !proved.caller.isAnonymous || service.family == .s3 || known.operation.model.isUnsigned else {
            throw AuthenticationFailure.missingToken
        }
        let exchange = WireExchange(
            facts: facts, codec: codec, head: head, route: route, payload: payload, identity: identity)
        let response = try await run(known.operation, exchange, facts)
        count(response.status, known, route)
        return response
    }

    private func known(_ route: Route) -> Known? {
        guard let name = route.operationName else { return nil }
        let service = route.service.name
        for served in services where served.name == service { return served.operations[name] }
        return nil
    }

    private func count(_ status: Int, _ known: Known, _ route: Route) {
        if status == 200 { return known.tally.count() }
        counters.count(service: route.service.name, operation: route.operationName, status: status)
    }

    private func run(_ operation: AnyOperation, _ exchange: WireExchange, _ facts: RequestFacts) async throws
        -> Response
    {
        do {
            return try await operation.run(gate, exchange)
        } catch let unread as Unread {
            try await gate.recordUnread(operation.model.name, of: operation.model.service, unread.cause, facts)
            throw unread.cause
        }
    }

    private func authenticate(
        _ head: RequestHead, _ service: SigningService, _ payload: Authenticator.Payload, _ times: Authenticator.Times
    ) throws -> Authenticated {
        try authenticator.authenticate(head, for: service, payload: payload, at: times)
    }

    func facts(
        _ head: RequestHead, _ caller: Caller, _ region: Region, _ identity: RequestIdentity,
        _ times: Authenticator.Times, hasBodyDigest: Bool
    ) -> RequestFacts {
        RequestFacts(
            caller: caller, region: region, now: times.now, requestID: identity.requestID,
            connection: head.connection, userAgent: head.text("user-agent"), host: head.text("host"),
            referer: head.text("referer"), contentHash: head.text("x-amz-content-sha256"), hasBodyDigest: hasBodyDigest)
    }

    /// An operation AWS has and we have not, or that nobody has: told apart from a denial only after authentication.
    private func unknown(
        _ route: Route, _ codec: Codec, _ facts: RequestFacts, _ service: SigningService
    ) async throws -> any Error {
        guard !facts.caller.isAnonymous || service.family == .s3 else { return AuthenticationFailure.missingToken }
        let name: String? =
            switch route.operation {
            case .known(let name): name
            case .unknown(let name): name
            case .inBody: nil
            }
        let error = codec.unknownOperation(name, version: route.version)
        world.log(
            .warning, "an operation that is not implemented was called",
            [
                "service": route.service.name, "operation": name ?? "none", "requestId": facts.requestID,
            ])
        if route.operationName != nil { try await gate.recordUnread(name ?? "", of: route.service, error, facts) }
        return error
    }

    /// Reads a body to its end. - Throws: where it is too long, or not what its head promised.
    func collect(_ body: any RequestBody) async throws -> [UInt8] {
        if let length = body.declaredLength, length > Front.largestDocument { throw Front.tooLarge }
        guard var bytes = try await body.next() else { return [] }
        while let more = try await body.next() {
            bytes += more
            if bytes.count > Front.largestDocument { throw Front.tooLarge }
        }
        if bytes.count > Front.largestDocument { throw Front.tooLarge }
        return bytes
    }

    private static let tooLarge = WireError("RequestEntityTooLarge", "The request body is too large.", status: 413)

    /// The error as the client may see it.
    private func told(_ error: any Error, _ route: Route, _ identity: RequestIdentity) -> any ServiceError {
        switch error {
        case let error as AccessDenied:
            return route.wireProtocol == .json ? WireError("AccessDeniedException", error.message, status: 400) : error
        case let error as any ServiceError: return error
        case let failure as AuthenticationFailure:
            logUnknownKey(failure)
            return WireError(failure.refusal(for: SigningService(route)))
        case let failure as BodyFailure: return WireError(failure.refusal)
        case is RequestBodyError:
            return WireError("RequestTimeout", "The request body was not read within the timeout period.", status: 400)
        default:
            world.log(.error, "a request failed", ["requestId": identity.requestID, "error": "\(error)"])
            return Failure.internalFailure
        }
    }

    /// Who comes with the credentials other emulators accept is told how to get real ones.
    private func logUnknownKey(_ failure: AuthenticationFailure) {
        guard case .unknownKey(let key) = failure.reason, ["test", "local", "dummy", "minioadmin"].contains(key) else {
            return
        }
        world.log(
            .warning, "a request came with an emulator's stand-in credentials; Gatehouse checks real ones",
            [
                "accessKeyId": key,
                "help": "eval \"$(gatehouse env)\" sets the root user's; GATEHOUSE_ROOT_ACCESS_KEY_ID and "
                    + "GATEHOUSE_ROOT_SECRET_ACCESS_KEY choose them",
            ])
    }
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
            name: route.service.signingName, region: route.region.description, family: family,
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
