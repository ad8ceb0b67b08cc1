public import AWS
public import Smithy

/// Where a request goes: what the head alone tells.
public struct Route: Sendable {
    public enum Operation: Sendable, Equatable {
        /// An operation of the model by name, whether we implement it or not.
        case known(String)
        /// Nothing the model has. Holds what the client named, if it named anything.
        case unknown(String?)
        /// A query call whose `Action` is in the body: see `Route.readBody`.
        case inBody
    }

    /// A part of the path that the operation's URI names: `Bucket`, `Key`, `name`.
    public struct Label: Sendable, Equatable {
        public let name: String
        /// Percent-decoded; any bytes.
        public let value: [UInt8]
    }

    /// Whose operation is called.
    public let service: ServiceModel
    /// The protocol the client speaks, which is not always the model's first.
    public let wireProtocol: ServiceModel.WireProtocol
    public internal(set) var operation: Operation
    /// From the credential scope, else the host, else us-east-1.
    public let region: Region
    /// The account before an S3 Control host name.
    public let hostAccount: AccountID?
    /// The bucket before an S3 host name.
    public let hostBucket: String?
    public internal(set) var labels: [Label]
    public let query: QueryString
    /// The parameters of a query call, once its body is read.
    public internal(set) var form: QueryString?
    /// The undecoded path, as sent.
    public let path: ArraySlice<UInt8>
    /// A query call's `Version`, for messages.
    public internal(set) var version: String?

    /// The bucket of an S3 request; nil at the service's root.
    public var bucket: [UInt8]? { label("Bucket") }
    /// The key of an S3 request on an object.
    public var key: [UInt8]? { label("Key") }
    public func label(_ name: String) -> [UInt8]? { labels.first { $0.name == name }?.value }

    /// The operation's name, if the model has it.
    public var operationName: String? {
        if case .known(let name) = operation { name } else { nil }
    }
}

/// The answer of the router.
public enum Routing: Sendable {
    case service(Route)
    /// No service of ours. `name` is what the client named; an error is best written in `format`.
    case unknown(name: String?, format: ServiceModel.WireProtocol)
    /// A head that names nothing clearly, such as a target that is no URI.
    case malformed(WireError, format: ServiceModel.WireProtocol)
}
