import AWS
import Door
import Edge
import Formats
import HTTP
import IAMService
import Journal
import KeyEngine
import Observers
import PolicyGeneration
import SigninService
import Smithy
import Storage
import Wire
import World

/// The first to see a request: sends the house's own paths to their handlers and everything else to the front.
final class Desk: Sendable {
    private let house: House
    private let settings: ServeSettings
    private let instances: InstanceDesk
    private let servers = Lock<[EdgeServer]>([])

    init(_ house: House, _ settings: ServeSettings, _ instances: InstanceDesk) {
        (self.house, self.settings, self.instances) = (house, settings, instances)
    }

    func watch(_ servers: [EdgeServer]) { self.servers.withLock { $0 = servers } }

    /// A request that came by the forward proxy is for a host of AWS, where the paths of the house are nobody's.
    func answerProxied(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        let path = head.bytes(head.target)
        if Desk.isForConsole(path), let answer = await house.console.answer(head, body) { return answer }
        return apart(await house.front.answer(head, body), head)
    }

    func answer(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        let path = head.bytes(head.target)
        guard path.count > 2 else { return apart(await house.front.answer(head, body), head) }
        switch path[path.startIndex + 1] {
        case UInt8(ascii: "_"):
            // A bucket's own name in the host makes it an object, also one that is called as a path of the house.
            if house.front.namesBucket(head) { return apart(await house.front.answer(head, body), head) }
        case UInt8(ascii: "c"), UInt8(ascii: "f"), UInt8(ascii: "o"), UInt8(ascii: "s"), UInt8(ascii: "v"):
            if Desk.isForConsole(path), let answer = await house.console.answer(head, body) { return answer }
            fallthrough
        default: return apart(await house.front.answer(head, body), head)
        }
        switch head.text(head.target).prefix(while: { $0 != "?" }) {
        case "/_gatehouse/health", "/_localstack/health":
            guard head.matches(head.method, "GET") || head.matches(head.method, "HEAD") else {
                return Desk.message(405, "health takes GET")
            }
            return health(head)
        case "/_gatehouse/metrics":
            if !head.connection.isLoopback,
                let refusal = await house.front.refusal(head, body, action: "GetMetrics")
            {
                return refusal
            }
            return await metrics()
        case let path where path.hasPrefix(WhyEndpoint.path): return await why(head, body)
        case CoverageSummary.path: return coverage(head)
        case SecurityStatus.path: return await security(head, body)
        case ProtectionStatus.path: return await protection(head, body)
        case RootChange.path: return await changeRoot(head, body)
        case Backups.path: return await backUp(head, body)
        case GenerateQuery.path: return await generate(head, body)
        case let path where path.hasPrefix(Desk.securityKeys):
            return await securityKey(path.dropFirst(Desk.securityKeys.count), head, body)
        case let path where path.hasPrefix(InstanceDesk.path):
            return await instances.answer(path.dropFirst(InstanceDesk.path.count), head, body)
        case let path where path.hasPrefix(OutboundIssuers.path): return document(head, path)
        case "/_gatehouse/reset" where settings.hasTestControls && head.connection.isLoopback: return await reset(head)
        case "/_gatehouse/clock" where settings.hasTestControls && head.connection.isLoopback:
            return await clock(head, body)
        case let path where path == Desk.own || path.hasPrefix(Desk.own + "/"):
            return Desk.message(404, "there is nothing at \(path)")
        default: return await house.front.answer(head, body)
        }
    }

    private static let own = "/_gatehouse"

    /// A page from a bucket, opened in a browser, must not be of one origin with the console: it could act there in the name
    /// of whoever looks at it. A website has an origin of its own, where no console is. Browsers give a page with this header an origin of its own; programs pay it no heed.
    /// - Source: Content Security Policy Level 3, "sandbox"; Fetch Metadata Request Headers, "Sec-Fetch-Dest".
    private func apart(_ response: Response, _ head: RequestHead) -> Response {
        guard let accept = head.text("accept"), accept.hasPrefix("text/html") || head.count(of: "sec-fetch-dest") > 0,
            !house.front.isForWebsite(head)
        else { return response }
        var response = response
        response.header.add(
            "Content-Security-Policy", "sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts")
        return response
    }

    /// Whether the path may be one of the console's; most are S3's.
    private static func isForConsole(_ path: ArraySlice<UInt8>) -> Bool {
        ["/console", "/federation", "/oauth/callback", "/saml", "/v1/authorize"].contains { path.starts(with: $0.utf8) }
    }

    /// Open to all: says what the program can do, and nothing of what is in it.
    private func coverage(_ head: RequestHead) -> Response {
        let isHead = head.matches(head.method, "HEAD")
        guard isHead || head.matches(head.method, "GET") else { return Desk.message(405, "coverage takes GET") }
        let text = Array(CoverageSummary(House.services, house.operations).text.utf8)
        var response = Response(status: 200)
        response.header.add("Content-Type", "text/plain; charset=utf-8")
        response.body = isHead ? .headOnly(length: Int64(text.count)) : .bytes(text)
        return response
    }

    /// Open to all, and says no more than that the server is up, and which services it answers.
    private func health(_ head: RequestHead) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.member("status", "running")
        json.member("enforcement", "on")
        json.key("services")
        json.beginObject()
        for service in House.services where service.name != "s3control" { json.member(service.name, "running") }
        json.endObject()
        json.endObject()
        return Desk.json(200, json.bytes, isHead: head.matches(head.method, "HEAD"))
    }

    /// What an account's issuer of tokens tells everybody.
    private func document(_ head: RequestHead, _ path: Substring) -> Response {
        guard head.matches(head.method, "GET") else {
            return Desk.message(405, "an issuer's documents are read with GET")
        }
        do {
            guard let bytes = try house.issuers.document(path) else {
                return Desk.message(404, "there is no such issuer")
            }
            return Desk.json(200, bytes)
        } catch {
            house.world.log(.error, "an issuer's document failed", ["error": "\(error)"])
            return Desk.message(500, "the document failed; the log says why")
        }
    }

    private func metrics() async -> Response {
        let statistics = servers.withLock { $0 }.reduce(into: EdgeStatistics()) { $0 += $1.statistics }
        guard let text = try? await house.counting.run({ [house] in Metrics.text(house, statistics) }) else {
            return Desk.message(503, "the metrics are asked for too often")
        }
        var response = Response(status: 200)
        response.header.add("Content-Type", "text/plain; version=0.0.4")
        response.body = .bytes(Array(text.utf8))
        return response
    }

    /// An explanation of a recorded event, for callers of the account that has the record.
    private func why(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        guard let asked = WhyEndpoint(head.text(head.target)) else {
            return Desk.message(400, "the path is \(WhyEndpoint.path)EVENT-ID?form=text, json or encoded")
        }
        switch await house.front.admission(head, body, action: "ExplainEvent") {
        case .refused(let response): return response
        case .admitted(let account):
            do {
                let answer = try await house.explanations.answer(asked.id, as: asked.form, for: account)
                guard let outcome = answer.outcome else { return Desk.message(404, answer.text) }
                return Desk.json(200, WhyEndpoint.body(outcome, answer.text))
            } catch let gap as PastDecision.Gap {
                return Desk.message(410, "\(gap)")
            } catch {
                house.world.log(.error, "an explanation failed", ["error": "\(error)"])
                return Desk.message(500, "the explanation failed; the log says why")
            }
        }
    }

    /// The account's checklist, for callers of the account.
    private func security(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        switch await house.front.admission(head, body, action: "GetSecurityStatus") {
        case .refused(let response): return response
        case .admitted(let account):
            do {
                try await house.journal.settle()
                let now = house.world.clock.now()
                let list = try await house.generations.run { [house] in
                    try house.store.read { snapshot in try AccountChecklist(of: account, at: now, snapshot) }
                }
                return Desk.json(200, SecurityStatus(list).json)
            } catch {
                house.world.log(.error, "the security status failed", ["error": "\(error)"])
                return Desk.message(500, "the security status failed; the log says why")
            }
        }
    }

    /// What protects the keys, asked of the device at this moment.
    private func protection(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        guard head.matches(head.method, "GET") else { return Desk.message(405, "the protection is read with GET") }
        switch await house.front.admission(head, body, action: "GetKeyProtection") {
        case .refused(let response): return response
        case .admitted(let account):
            do {
                // How many keys all accounts have is for the first one alone to know.
                let change = try account == firstAccount() ? house.rootChange.status() : nil
                return Desk.json(200, ProtectionStatus(await house.engine.probe(), change).json)
            } catch {
                house.world.log(.error, "the change of the root could not be looked at", ["error": "\(error)"])
                return Desk.message(500, "how far the change of the root is could not be read; the log says why")
            }
        }
    }

    private func firstAccount() throws -> AccountID? {
        try house.store.read { snapshot in try Founding.accounts(snapshot).first }
    }

    /// Gives the server a new root, for callers of its first account. What was wrapped under the old one is taken over after
    /// the answer; `protection` says how far it is.
    private func changeRoot(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        guard head.matches(head.method, "POST") else { return Desk.message(405, "the root is changed with POST") }
        return await house.front.change(head, body, action: "RotateRootKey") { account, begins in
            guard try account == firstAccount() else {
                throw AccessDenied("The root is changed by the server's first account alone.")
            }
            do {
                try await house.rootChange.begin { try await begins("BeginRootKeyRotation") }
            } catch let refusal as SetupError {
                throw WireError("ConflictException", "\(refusal)", status: 409)
            }
            house.chores.wake()
            return Desk.json(202, ProtectionStatus(house.engine.status, try house.rootChange.status()).json)
        }
    }

    /// All that the server holds, encrypted, for whoever of the first account may.
    private func backUp(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        guard head.matches(head.method, "GET") else { return Desk.message(405, "a backup is read with GET") }
        return await house.front.change(head, body, action: "CreateBackup") { account, _ in
            guard try account == firstAccount() else {
                throw AccessDenied("The server is backed up by its first account alone.")
            }
            do {
                let stream = try await house.backups.begin()
                var response = Response(status: 200, body: .stream(length: stream.length, stream))
                response.header.add("Content-Type", "application/octet-stream")
                return response
            } catch let refusal as SetupError {
                throw WireError("ConflictException", "\(refusal)", status: 409)
            }
        }
    }

    /// A policy from what a principal did, for callers of the account it belongs to.
    private func generate(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        guard let query = GenerateQuery(head.text(head.target)) else {
            return Desk.message(
                400, "the path is \(GenerateQuery.path)?principal=ARN&from=MILLISECONDS&to=MILLISECONDS")
        }
        switch await house.front.admission(head, body, action: "GeneratePolicy") {
        case .refused(let response): return response
        case .admitted(let account):
            guard query.principal.account == account.description else {
                return Desk.message(403, "the principal is not of account \(account)")
            }
            do {
                try await house.journal.settle()
                let report = try await house.generations.run { [house] in try query.report(house.store) }
                return Desk.json(200, report.json)
            } catch let error as GenerationError {
                return Desk.message(422, "no policy was made: \(error)")
            } catch {
                house.world.log(.error, "a generation failed", ["error": "\(error)"])
                return Desk.message(500, "the generation failed; the log says why")
            }
        }
    }

    private static let securityKeys = "/_gatehouse/security-keys/"

    /// A call about security keys, for which AWS has no public API. The body is JSON, as the answer.
    private func securityKey(_ name: Substring, _ head: RequestHead, _ body: any RequestBody) async -> Response {
        guard let operation = house.securityKeyCalls[String(name)] else { return Desk.message(404, "no such call") }
        guard head.matches(head.method, "POST") else { return Desk.message(405, "the call takes POST") }
        return await house.front.answer(head, body, own: operation)
    }

    private func reset(_ head: RequestHead) async -> Response {
        guard head.matches(head.method, "POST") else { return Desk.message(405, "reset takes POST") }
        do {
            try await house.reset()
            return Desk.json(200, Array("{\"status\":\"reset\"}".utf8))
        } catch {
            house.world.log(.error, "the reset failed", ["error": "\(error)"])
            return Desk.message(500, "the reset failed; the log says why")
        }
    }

    /// Moves the product's clock. The body is a JSON object with one of `now` (ISO 8601), `offsetSeconds` (from the
    /// machine's time) or `advanceSeconds` (from where it stands). The answer tells the time it is now.
    private func clock(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        guard head.matches(head.method, "POST") else { return Desk.message(405, "clock takes POST") }
        let clock = house.clock
        do {
            let bytes = try await body.next() ?? []
            let wall = clock.wallTime().milliseconds
            switch try ClockMove(bytes) {
            case .to(let instant): clock.setOffset(milliseconds: instant.milliseconds - wall)
            case .offset(let seconds): clock.setOffset(milliseconds: seconds * 1000)
            case .advance(let seconds): clock.setOffset(milliseconds: clock.now().milliseconds - wall + seconds * 1000)
            }
        } catch {
            return Desk.message(400, "the body is a JSON object with one of now, offsetSeconds, advanceSeconds")
        }
        house.chores.wake()
        house.deliveries.wake()
        house.reports.wake()
        house.replicator.wake()
        house.analyses.wake()
        return Desk.json(200, Array("{\"now\":\"\(clock.now().iso8601)\"}".utf8))
    }

    static func message(_ status: Int, _ text: String) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.member("message", text)
        json.endObject()
        return Desk.json(status, json.bytes)
    }

    static func json(_ status: Int, _ bytes: [UInt8], isHead: Bool = false) -> Response {
        var response = Response(status: status)
        response.header.add("Content-Type", "application/json")
        response.body = isHead ? .headOnly(length: Int64(bytes.count)) : .bytes(bytes)
        return response
    }
}

/// What a test asks of the product's clock.
enum ClockMove {
    case to(Instant)
    /// Seconds from the machine's time.
    case offset(Int64)
    /// Seconds from where it stands.
    case advance(Int64)

    private struct Malformed: Error {}

    init(_ bytes: [UInt8]) throws {
        var json = JSONReader(bytes)
        var move: ClockMove?
        try json.beginObject()
        while let key = try json.nextKey() {
            guard move == nil else { throw Malformed() }
            switch key {
            case "now":
                guard let instant = Instant(iso8601: try json.readString()) else { throw Malformed() }
                move = .to(instant)
            case "offsetSeconds": move = .offset(try ClockMove.bounded(json.readInt64()))
            case "advanceSeconds": move = .advance(try ClockMove.bounded(json.readInt64()))
            default: throw Malformed()
            }
        }
        try json.finish()
        guard let move else { throw Malformed() }
        self = move
    }

    /// A thousand years either way.
    private static func bounded(_ seconds: Int64) throws -> Int64 {
        guard seconds.magnitude <= 31_622_400_000 else { throw Malformed() }
        return seconds
    }
}
