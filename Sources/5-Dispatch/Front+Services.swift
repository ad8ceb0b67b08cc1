public import AWS
import Authentication
public import HTTP
import Journal
import Smithy
public import Storage
import Wire
public import World

/// A change that the house itself offers beside AWS's operations: signed for the service `gatehouse`, decided by the
/// caller's policies, performed and recorded in one transaction, as any other.
public protocol HouseChange: Sendable {
    associatedtype Value: Sendable
    /// The action's name, without `gatehouse:`.
    static var action: String { get }

    /// What is asked beside the action itself.
    func asks(of account: AccountID, in snapshot: borrowing Snapshot) throws -> [Ask]
    /// Synchronous, without effects outside the transaction.
    func perform(for account: AccountID, at now: Instant, in transaction: inout Transaction) throws -> Value
    /// The record's `requestParameters`: a JSON object.
    var requestParameters: [UInt8] { get }
}

/// How a change of the house ended.
public enum HouseAnswer<Value: Sendable>: Sendable {
    case done(Value)
    /// The answer that says why not.
    case refused(Response)
}

extension Front {
    /// Authenticates, decides, performs and records.
    /// - Parameter read: makes the change of the body; an error of a service is what the caller is told.
    public func change<Change: HouseChange>(
        _ head: RequestHead, _ body: any RequestBody, _ read: @Sendable ([UInt8]) throws -> Change
    ) async -> HouseAnswer<Change.Value> {
        let identity = RequestIdentity(requestID: world.identifiers.uuid())
        do {
            let (facts, bytes) = try await houseFacts(head, body, identity)
            return .done(try await gate.perform(read(bytes), facts))
        } catch {
            return .refused(refused(error, head, identity))
        }
    }

    /// Performs and records what a service does by itself, and nobody's policies decide.
    /// - Parameter service: such as `ec2.amazonaws.com`.
    public func perform<Change: HouseChange>(
        _ change: Change, by service: String, of account: AccountID, in region: Region, for head: RequestHead
    ) async throws -> Change.Value {
        let facts = RequestFacts(
            caller: .service(service), region: region, now: world.clock.now(), requestID: world.identifiers.uuid(),
            head: head)
        return try await gate.perform(change, facts, of: account)
    }

    /// A call that an AWS service, which is part of this server, makes in its own name: decided by the policy of the
    /// resource, and recorded as any other.
    /// - Parameter service: such as `ec2.amazonaws.com`.
    /// - Parameter head: of the request that made the service call; no record tells of it.
    public func call<Op: Query>(
        _ operation: Op, _ input: Op.Input, by service: String, in region: Region, for head: RequestHead
    ) async throws -> Op.Output {
        let facts = RequestFacts(
            caller: .service(service), region: region, now: world.clock.now(), requestID: world.identifiers.uuid(),
            head: head)
        return try await gate.run(operation, input, facts)
    }
}

extension Gate {
    /// One transaction: questions, change, record. A refusal is recorded too.
    fileprivate func perform<Change: HouseChange>(_ change: Change, _ facts: RequestFacts) async throws -> Change.Value
    {
        let account = try facts.signedAccount()
        let action = Action("gatehouse", Change.action)
        do {
            return try await store.write(.synced) { [self] transaction in
                let asks =
                    [Ask(action, on: "*", of: account)] + (try change.asks(of: account, in: transaction.snapshot))
                var decision: TracedDecision?
                _ = try decider.decide(
                    .ask(asks), facts, transaction.snapshot, asOf: decider.epoch(in: transaction), into: &decision)
                let value = try change.perform(for: account, at: facts.now, in: &transaction)
                try journal.append(event(change, facts, account, nil, decision), in: &transaction)
                return value
            }
        } catch let error as any ServiceError {
            let code = error is AccessDenied ? "AccessDenied" : error.shapeName
            try await journal.record(event(change, facts, account, (code, error.message), nil), .synced)
            throw error
        }
    }

    /// One transaction: change, record. There is no question: what proved the right to it is not a policy's to judge.
    fileprivate func perform<Change: HouseChange>(
        _ change: Change, _ facts: RequestFacts, of account: AccountID
    ) async throws -> Change.Value {
        try await store.write(.synced, isReclaiming: true) { [self] transaction in
            let value = try change.perform(for: account, at: facts.now, in: &transaction)
            try journal.append(event(change, facts, account, nil, nil), in: &transaction)
            return value
        }
    }

    private func event<Change: HouseChange>(
        _ change: Change, _ facts: RequestFacts, _ account: AccountID, _ error: (code: String, message: String)?,
        _ decision: TracedDecision?
    ) -> Event {
        Event(
            id: world.identifiers.uuid(), time: facts.now, account: account, region: facts.region,
            source: "gatehouse.local", name: Change.action, isReadOnly: false, category: .management,
            identity: facts.caller.eventIdentity(), sourceAddress: facts.connection.peerAddress,
            userAgent: facts.userAgent, requestID: facts.requestID, tls: facts.connection.tls, host: facts.host,
            errorCode: error?.code, errorMessage: error?.message,
            requestParameters: error == nil ? change.requestParameters : nil, decision: decision)
    }
}
