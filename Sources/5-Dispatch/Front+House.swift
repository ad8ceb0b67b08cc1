public import AWS
import Authentication
public import HTTP
import Journal
import Smithy
import Storage
import Wire
import World

/// The house's own calls, such as reading its metrics from another machine: signed for the service `gatehouse`, decided
/// by the caller's policies, and recorded, as any other.
extension Front {
    /// Whether a caller may have what the house itself offers.
    public enum Admission: Sendable {
        /// A caller of that account may.
        case admitted(AccountID)
        /// The answer that says why not.
        case refused(Response)
    }

    /// Nil where the caller may; otherwise the answer that says why not.
    public func refusal(_ head: RequestHead, _ body: any RequestBody, action: String) async -> Response? {
        switch await admission(head, body, action: action) {
        case .admitted: nil
        case .refused(let response): response
        }
    }

    /// Authenticates and decides; the call is recorded.
    /// - Parameter isReadOnly: false for what changes something; its record is on the disk before the answer.
    public func admission(
        _ head: RequestHead, _ body: any RequestBody, action: String, isReadOnly: Bool = true
    ) async -> Admission {
        let identity = RequestIdentity(requestID: world.identifiers.uuid())
        do {
            let (facts, _) = try await houseFacts(head, body, identity)
            try await gate.admit(Action("gatehouse", action), facts, isReadOnly: isReadOnly)
            return .admitted(try facts.signedAccount())
        } catch {
            return .refused(refused(error, head, identity))
        }
    }

    /// Authenticates, decides, and has a change done. The call is recorded with what came of it, on the disk before the answer.
    /// - Parameter work: is given the caller's account, and what records, by another name, that the change begins: called before
    ///   what cannot be undone and may be cut short by a crash. What it throws the caller is told, and is recorded.
    public func change(
        _ head: RequestHead, _ body: any RequestBody, action: String,
        _ work: (AccountID, _ begins: (String) async throws -> Void) async throws -> Response
    ) async -> Response {
        let identity = RequestIdentity(requestID: world.identifiers.uuid())
        do {
            let (facts, _) = try await houseFacts(head, body, identity)
            return try await gate.change(Action("gatehouse", action), facts, work)
        } catch {
            return refused(error, head, identity)
        }
    }

    /// The caller of one of the house's own paths, and the body.
    func houseFacts(
        _ head: RequestHead, _ body: any RequestBody, _ identity: RequestIdentity
    ) async throws -> (RequestFacts, [UInt8]) {
        let service = Front.houseSigning(head)
        let times = times()
        guard let claim = try authenticator.checkHead(head, for: service, at: times) else {
            throw AuthenticationFailure.missingToken
        }
        let bytes = try await collect(body, of: head, by: BodySender(claim))
        let proved = try authenticator.authenticate(head, for: service, payload: .body(bytes), at: times)
        guard !proved.caller.isAnonymous else { throw AuthenticationFailure.missingToken }
        let facts = RequestFacts(
            caller: proved.caller, region: .usEast1, now: times.now, requestID: identity.requestID, head: head)
        return (facts, bytes)
    }

    /// What a caller of one of the house's own paths is told of an error.
    func refused(_ error: any Error, _ head: RequestHead, _ identity: RequestIdentity) -> Response {
        let codec = Codec(.house, speaking: .json)
        switch error {
        case let failure as AuthenticationFailure:
            return codec.encode(error: WireError(failure.refusal(for: Front.houseSigning(head))), identity)
        case let denied as AccessDenied:
            return codec.encode(error: WireError("AccessDeniedException", denied.message, status: 403), identity)
        case let error as any ServiceError: return codec.encode(error: error, identity)
        case is RequestBodyError: return codec.encode(error: BodyLate.other, identity)
        default:
            world.log(.error, "a request failed", ["requestId": identity.requestID, "error": "\(error)"])
            return codec.encode(error: Failure.internalFailure, identity)
        }
    }

    private static func houseSigning(_ head: RequestHead) -> SigningService {
        SigningService(name: "gatehouse", region: ScopeHint(head).region ?? "", family: .json)
    }
}

extension Gate {
    /// Decides on an action of the house itself, and records it whatever comes of it.
    func admit(_ action: Action, _ facts: RequestFacts, isReadOnly: Bool) async throws {
        let decision = try await decision(on: action, facts, isReadOnly: isReadOnly)
        let event = try event(action, facts, isReadOnly: isReadOnly, decision)
        if isReadOnly { try await note(event) } else { try await journal.record(event, .synced) }
    }

    /// Decides on a change of the house itself, has it done, and records what came of it.
    func change<Result>(
        _ action: Action, _ facts: RequestFacts,
        _ work: (AccountID, _ begins: (String) async throws -> Void) async throws -> Result
    ) async throws -> Result {
        let decision = try await decision(on: action, facts, isReadOnly: false)
        let result: Result
        do {
            result = try await work(try facts.signedAccount()) { name in
                let begun = try event(Action("gatehouse", name), facts, isReadOnly: false, decision)
                try await journal.record(begun, .synced)
            }
        } catch {
            let told: any ServiceError = (error as? any ServiceError) ?? Failure.internalFailure
            try await journal.record(
                try event(action, facts, isReadOnly: false, decision, (told.code, told.message)), .synced)
            throw error
        }
        try await journal.record(try event(action, facts, isReadOnly: false, decision), .synced)
        return result
    }

    /// - Throws: `AccessDenied`, recorded.
    private func decision(
        on action: Action, _ facts: RequestFacts, isReadOnly: Bool
    ) async throws -> TracedDecision? {
        let account = try facts.signedAccount()
        var decision: TracedDecision?
        do {
            let epoch = decider.epoch
            _ = try store.read { snapshot in
                try decider.decide(.ask(action, on: "*", of: account), facts, snapshot, asOf: epoch, into: &decision)
            }
            return decision
        } catch let denied as AccessDenied {
            let event = try event(action, facts, isReadOnly: isReadOnly, decision, ("AccessDenied", denied.message))
            try await journal.record(event, .synced)
            throw denied
        }
    }

    private func event(
        _ action: Action, _ facts: RequestFacts, isReadOnly: Bool, _ decision: TracedDecision?,
        _ error: (String, String)? = nil
    ) throws -> Event {
        facts.event(
            to: try facts.signedAccount(), named: action.name, source: "gatehouse.local", isReadOnly: isReadOnly,
            category: .management, region: .usEast1, id: world.identifiers.uuid(), userAgent: facts.userAgent,
            error: error, decision: decision)
    }
}

extension ServiceModel {
    /// Words the answers to the house's own calls.
    static let house = ServiceModel(
        name: "gatehouse", serviceID: "Gatehouse", wireProtocol: .json, jsonVersion: "1.1", apiVersion: "",
        endpointPrefix: "", signingName: "gatehouse", targetPrefix: "", xmlNamespace: "", catalogue: "")
}
