public import AWS
public import Authentication
import HTTP
import World

/// Calls that an AWS service, which is part of this server, makes at nobody's request: in its own name, and with a session of
/// a role that was passed to it. They go through the gate and are recorded as any other.
public struct ServiceDesk: Sendable {
    private let gate: Gate

    public init(_ gate: Gate) { self.gate = gate }

    /// A call in the service's own name: decided by the policy of the resource.
    /// - Parameter service: such as `s3.amazonaws.com`.
    public func call<Op: Query>(
        _ operation: Op, _ input: Op.Input, by service: String, in region: Region
    ) async throws -> Op.Output {
        try await gate.run(operation, input, facts(.service(service), nil, region))
    }

    /// A change with a session of a role: decided by the role's policies, recorded as the role's, invoked by the service.
    public func perform<Op: PreparedChange>(
        _ operation: Op, _ input: Op.Input, as credential: Credential, by service: String, in region: Region
    ) async throws -> Op.Output {
        try await gate.run(operation, input, facts(.signedIn(credential), service, region))
    }

    private func facts(_ caller: Caller, _ service: String?, _ region: Region) -> RequestFacts {
        RequestFacts(
            caller: caller, region: region, now: gate.world.clock.now(), requestID: gate.world.identifiers.uuid(),
            head: ServiceDesk.head, actingService: service)
    }

    /// There is no request, and no wire.
    private static let head = RequestHead(
        raw: [], method: 0..<0, target: 0..<0, fields: [], isHTTP11: true,
        connection: ConnectionFacts(peerAddress: "127.0.0.1", isLoopback: true, localPort: 0, tls: nil))
}
