public import AWS
public import Smithy
import World

/// Calls of one service to another, in the name of who called the first: decided by the same caller's policies and
/// recorded, as if the caller had made them through that service. Handed out by the gate, with a permit.
///
/// The callee keeps its own record even if the caller then fails.
/// - Source: IAM User Guide, "Forward access sessions".
public struct Calls: Sendable {
    private let gate: Gate
    private let facts: RequestFacts
    /// Where the callee is asked; nil for the Region of the call that this one is for.
    private let region: Region?

    /// A service that calls one that calls one … ends here.
    private static let deepest = 8

    init(_ gate: Gate, _ facts: RequestFacts, in region: Region? = nil) {
        (self.gate, self.facts, self.region) = (gate, facts, region)
    }

    /// The same, to services of another Region.
    public func `in`(_ region: Region) -> Calls { Calls(gate, facts, in: region) }

    /// Makes the call. - Parameter service: who makes it, such as `s3.amazonaws.com`.
    /// - Throws: what the callee answers, and what goes wrong on the way.
    public func perform<Shape: OperationShape>(
        _ shape: Shape.Type, _ input: Shape.Input, through service: String
    ) async throws -> Shape.Output {
        guard facts.calledVia.count < Calls.deepest, let operation = gate.roster.operation(of: shape) else {
            throw Failure.internalFailure
        }
        let forwarded = facts.forwarded(by: service, requestID: gate.world.identifiers.uuid(), to: region)
        return try await answer(of: operation, input, forwarded)
    }

    /// Makes a call that the caller asked for with this one, such as one of a batch: decided and recorded as if he had made
    /// it himself.
    public func perform<Shape: OperationShape>(
        _ shape: Shape.Type, _ input: Shape.Input
    ) async throws -> Shape.Output {
        guard let operation = gate.roster.operation(of: shape) else { throw Failure.internalFailure }
        return try await answer(of: operation, input, facts.repeated(requestID: gate.world.identifiers.uuid()))
    }

    private func answer<Output>(
        of operation: AnyOperation, _ input: any Sendable, _ facts: RequestFacts
    ) async throws -> Output {
        guard let output = try await operation.call(gate, input, facts) as? Output else {
            throw Failure.internalFailure
        }
        return output
    }
}

/// All operations, by their shapes. Filled once, before the first request.
final class Roster: Sendable {
    private let operations = Lock<[ObjectIdentifier: AnyOperation]>([:])

    func fill(_ all: [AnyOperation]) {
        operations.withLock { $0 = Dictionary(all.map { ($0.shape, $0) }, uniquingKeysWith: { first, _ in first }) }
    }

    func operation<Shape: OperationShape>(of shape: Shape.Type) -> AnyOperation? {
        operations.withLock { $0[ObjectIdentifier(shape)] }
    }
}
