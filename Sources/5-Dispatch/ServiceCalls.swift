public import AWS
import Authentication
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

/// Calls that AWS services, which are part of this server, make in their own names and at nobody's call: decided by what the
/// resource's policy and list say of the service, and recorded as any other.
///
/// Handed out where the house is put together, to what the services do by the clock.
public struct ServiceCalls: Sendable {
    private let gate: Gate

    /// Through that gate.
    public init(_ gate: Gate) { self.gate = gate }

    /// Makes a change. - Parameter service: such as `logging.s3.amazonaws.com`.
    public func perform<Op: PreparedChange>(
        _ operation: Op, _ input: Op.Input, by service: String, for source: ServiceSource, in region: Region
    ) async throws -> Op.Output {
        let (identifiers, clock) = (gate.world.identifiers, gate.world.clock)
        let facts = RequestFacts(
            by: service, for: source, region: region, now: clock.now(), requestID: identifiers.hexadecimal(16))
        return try await gate.run(operation, input, facts)
    }
}

extension RequestHead {
    /// Of a call that came over no wire.
    static let none = RequestHead(
        raw: [], method: 0..<0, target: 0..<0, fields: [], isHTTP11: true,
        connection: ConnectionFacts(peerAddress: "", isLoopback: false, localPort: 0, tls: nil))
}
