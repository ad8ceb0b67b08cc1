public import HTTP
import Journal
public import Smithy
import Storage
import Wire

extension Front {
    /// What a request asks for that no signature claims and that is no bucket's; nil for any other.
    public func plainPath(_ head: RequestHead) -> (path: String, query: RequestParameters)? {
        router.plainPath(head).map { ($0.path, RequestParameters($0.query)) }
    }

    /// Whether the host names a bucket.
    public func namesBucket(_ head: RequestHead) -> Bool { router.namesBucket(head) }

    /// Reads the body of that request to its end.
    /// - Throws: a service's error where it is too long, too slow, or cut short.
    public func whole(_ body: any RequestBody, of head: RequestHead) async throws -> [UInt8] {
        do { return try await collect(body, of: head, by: .stranger) } catch is RequestBodyError {
            throw BodyLate.other
        }
    }

    /// Makes a call in the name of somebody who signed in: decided by their policies and recorded, as if they had signed it.
    public func call<Shape: OperationShape>(_ shape: Shape.Type, _ input: Shape.Input, for facts: RequestFacts)
        async throws -> Shape.Output
    {
        guard let operation = operation(Shape.model),
            let output = try await operation.call(gate, input, facts) as? Shape.Output
        else { throw Failure.internalFailure }
        return output
    }

    /// Decides on an action of the sign-in service, without a record of its own.
    /// - Throws: `AccessDenied`.
    public func decide(_ ask: Ask, for facts: RequestFacts) throws {
        var decision: TracedDecision?
        let epoch = gate.decider.epoch
        _ = try gate.store.read { snapshot in
            try gate.decider.decide(.ask([ask]), facts, snapshot, asOf: epoch, into: &decision)
        }
    }
}
