import HTTP
public import Smithy
public import Storage
import World

/// A call's input was refused, before the gate could see, and so record, the call.
struct Unread: Error {
    let cause: any ServiceError
}

/// An operation without its types, as the roster holds it. What it does to a request is fixed when it is made: decode,
/// go through the gate, encode.
public final class AnyOperation: Sendable {
    public let model: OperationModel
    let shape: ObjectIdentifier
    /// Members (model names) that are refused when given.
    public let refusedMembers: [String]
    /// Whether the body goes to the operation unread.
    let streams: Bool
    /// Whether checksums in the head are of an object that the request makes, not of its body.
    let tellsObjectChecksums: Bool
    /// Bytes of a body that is read whole.
    let largestDocument: Int
    let run: @Sendable (Gate, WireExchange) async throws -> Response
    /// Answers a query that succeeds without waiting. Nil from it: nothing was done, and `run` is to do all of it. There
    /// is none where the operation always waits.
    let runNow: (@Sendable (Gate, WireExchange) -> Response?)?
    /// Runs a call of the house's own making, whose input is typed already.
    let call: @Sendable (Gate, any Sendable, RequestFacts) async throws -> any Sendable
    /// Members (model names) that may be left out, and are not refused when given.
    public let optionalMembers: [String]
    private let rehearse: @Sendable (RequestFacts, borrowing Snapshot, SampleMembers) throws -> Access

    /// What the operation asks of the policies for a sample input with these members, and those that must be there. Decides
    /// and does nothing.
    /// - Throws: where the sample is not good enough for the operation to find what it is about.
    public func rehearsed(
        _ facts: RequestFacts, in snapshot: borrowing Snapshot, with members: SampleMembers
    ) throws -> Access {
        try rehearse(facts, snapshot, members)
    }

    public static func query<Op: Query>(_ operation: Op) -> AnyOperation {
        let now: @Sendable (Gate, Op.Input, WireExchange) -> Response? = { gate, input, exchange in
            guard let output = gate.runNow(operation, input, exchange.facts) else { return nil }
            return exchange.encode(Op.Shape.self, output)
        }
        return AnyOperation(operation, now: Op.readsJournal ? nil : now) { gate, input, facts in
            try await gate.run(operation, input, facts)
        }
    }

    /// A query that may come with a proof; without one it is answered as `query` does.
    public static func proving<Op: ProvingQuery>(_ operation: Op) -> AnyOperation {
        let now: @Sendable (Gate, Op.Input, WireExchange) -> Response? = { gate, input, exchange in
            guard !operation.hasProof(input), let output = gate.runNow(operation, input, exchange.facts) else {
                return nil
            }
            return exchange.encode(Op.Shape.self, output)
        }
        return AnyOperation(operation, now: now) { gate, input, facts in
            try await gate.run(operation, proving: input, facts)
        }
    }

    /// A query whose answer is work.
    public static func worked<Op: WorkedQuery>(_ operation: Op) -> AnyOperation {
        let now: @Sendable (Gate, Op.Input, WireExchange) -> Response? = { gate, input, exchange in
            guard let output = gate.runNow(operation, input, exchange.facts) else { return nil }
            return exchange.encode(Op.Shape.self, output)
        }
        return AnyOperation(operation, now: Op.readsJournal || !Op.answersNow ? nil : now) { gate, input, facts in
            try await gate.run(operation, input, facts)
        }
    }

    /// A query whose content is opened before it is answered.
    public static func streamed(_ operation: some StreamedQuery) -> AnyOperation {
        AnyOperation(operation) { gate, input, facts in try await gate.run(operation, input, facts) }
    }

    public static func change(_ operation: some Change) -> AnyOperation {
        AnyOperation(operation) { gate, input, facts in try await gate.run(operation, input, facts) }
    }

    /// A change that looks something up first.
    public static func informed(_ operation: some InformedChange) -> AnyOperation {
        AnyOperation(operation) { gate, input, facts in try await gate.run(operation, informing: input, facts) }
    }

    public static func prepared(_ operation: some PreparedChange) -> AnyOperation {
        AnyOperation(operation) { gate, input, facts in try await gate.run(operation, input, facts) }
    }

    private init<Op: Operation>(
        _ operation: Op, now: (@Sendable (Gate, Op.Input, WireExchange) -> Response?)? = nil,
        through: @escaping @Sendable (Gate, Op.Input, RequestFacts) async throws -> Op.Output
    ) {
        model = Op.Shape.model
        shape = ObjectIdentifier(Op.Shape.self)
        largestDocument = Op.largestDocument
        let refused = Op.refusedMembers.map(\.description)
        refusedMembers = refused
        let schema = Op.Input.schema
        let streams = schema.payload.map { schema.members[$0].kind == .stream } ?? false
        self.streams = streams
        tellsObjectChecksums = !streams && schema.index(named: "ChecksumCRC32") != nil
        let restricted = RestrictedCredentials(model)
        call = { gate, input, facts in
            guard let input = input as? Op.Input else { throw Failure.internalFailure }
            if let refusal = restricted?.refusal(of: facts.caller) {
                throw try await gate.refused(refusal, operation, input, facts)
            }
            return try await through(gate, input, facts)
        }
        for name in refused { precondition(schema.index(named: name) != nil, "\(model.name) has no member \(name)") }
        optionalMembers = schema.members.filter { !$0.isRequired && !refused.contains($0.name) }.map(\.name)
        rehearse = { facts, snapshot, members in
            let input = try SampleInput.make(Op.Input.self, members, without: Set(refused))
            return try operation.access(input, to: operation.resolve(input, for: facts, in: snapshot), for: facts)
        }
        if let now, !Op.isLengthy {
            runNow = { gate, exchange in
                guard restricted?.refusal(of: exchange.facts.caller) == nil else { return nil }
                do {
                    let input = try AnyOperation.input(of: Op.Shape.self, from: exchange, refusing: refused)
                    return now(gate, input, exchange)
                } catch { return nil }
            }
        } else {
            runNow = nil
        }
        let run: @Sendable (Gate, WireExchange, RequestFacts) async throws -> Response = { gate, exchange, facts in
            let input = try AnyOperation.input(of: Op.Shape.self, from: exchange, refusing: refused)
            if let refusal = restricted?.refusal(of: facts.caller) {
                throw try await gate.refused(refusal, operation, input, facts)
            }
            return exchange.encode(Op.Shape.self, try await through(gate, input, facts))
        }
        guard Op.isLengthy else {
            self.run = { gate, exchange in try await run(gate, exchange, exchange.facts) }
            return
        }
        self.run = { gate, exchange in
            try await gate.lengthy.carry {
                let room = AnswerRoom(in: gate.answers, for: exchange.facts)
                return try await run(gate, exchange, exchange.facts.answering(in: room)).keeping(room)
            }
        }
    }

    static func input<Shape: OperationShape>(
        of shape: Shape.Type, from exchange: WireExchange, refusing refused: [String]
    ) throws -> Shape.Input {
        do {
            let input = try exchange.decode(shape)
            if !refused.isEmpty { try GivenMembers.refuse(refused, in: input) }
            return input
        } catch let error as any ServiceError {
            throw Unread(cause: error)
        }
    }
}
