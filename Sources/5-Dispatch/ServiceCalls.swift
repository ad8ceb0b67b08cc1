public import AWS
public import Authentication
import HTTP
import Smithy
import World

/// The resource for which an AWS service acts: `aws:SourceArn` and `aws:SourceAccount` of its calls.
public struct ServiceSource: Sendable, Hashable {
    /// `aws:SourceArn`
    public let arn: String
    /// `aws:SourceAccount`
    public let account: AccountID

    /// A resource and whose it is.
    public init(arn: String, account: AccountID) { (self.arn, self.account) = (arn, account) }
}

/// Calls that AWS services, which are part of this server, make at nobody's request: in their own names, decided by what the
/// resource's policy and list say of the service, and with sessions of roles that were passed to them, decided by the role's
/// policies too. They go through the gate and are recorded as any other.
///
/// Handed out where the house is put together, to what the services do by the clock.
public struct ServiceCalls: Sendable {
    private let gate: Gate

    /// Through that gate.
    public init(_ gate: Gate) { self.gate = gate }

    /// Asks in the service's own name. - Parameter service: such as `s3.amazonaws.com`.
    public func ask<Op: Query>(
        _ operation: Op, _ input: Op.Input, by service: String, for source: ServiceSource, in region: Region
    ) async throws -> Op.Output {
        try await gate.run(operation, input, facts(by: service, for: source, region))
    }

    /// Makes a change in the service's own name. - Parameter service: such as `logging.s3.amazonaws.com`.
    public func perform<Op: PreparedChange>(
        _ operation: Op, _ input: Op.Input, by service: String, for source: ServiceSource, in region: Region
    ) async throws -> Op.Output {
        try await gate.run(operation, input, facts(by: service, for: source, region))
    }

    /// Makes a change with a session of a role: decided by the role's policies, recorded as the role's, invoked by the service.
    public func perform<Op: PreparedChange>(
        _ operation: Op, _ input: Op.Input, as credential: Credential, by service: String, in region: Region
    ) async throws -> Op.Output {
        let facts = RequestFacts(
            caller: .signedIn(credential), region: region, now: gate.world.clock.now(),
            requestID: gate.world.identifiers.hexadecimal(16), head: .none, actingService: service)
        return try await gate.run(operation, input, facts)
    }

    private func facts(by service: String, for source: ServiceSource, _ region: Region) -> RequestFacts {
        RequestFacts(
            by: service, for: source, region: region, now: gate.world.clock.now(),
            requestID: gate.world.identifiers.hexadecimal(16))
    }
}

extension RequestHead {
    /// Of a call that came over no wire.
    static let none = RequestHead(
        raw: [], method: 0..<0, target: 0..<0, fields: [], isHTTP11: true,
        connection: ConnectionFacts(peerAddress: "", isLoopback: false, localPort: 0, tls: nil))
}
