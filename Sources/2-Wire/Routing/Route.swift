package import AWS
package import Smithy

/// Where a request goes: what the head alone tells.
package struct Route: Sendable {
    package enum Operation: Sendable, Equatable {
        /// An operation of the model by name, whether we implement it or not.
        case known(String)
        /// Nothing the model has. Holds what the client named, if it named anything.
        case unknown(String?)
        /// A query call whose `Action` is in the body: see `Route.readingBody`.
        case inBody
    }

    /// A part of the path that the operation's URI names: `Bucket`, `Key`, `name`.
    package struct Label: Sendable, Equatable {
        package let name: String
        /// Percent-decoded; any bytes.
        package let value: [UInt8]
    }

    package let service: ServiceModel
    /// The protocol the client speaks, which is not always the model's first.
    package let wireProtocol: ServiceModel.WireProtocol
    package internal(set) var operation: Operation
    /// From the credential scope, else the host, else us-east-1.
    package let region: Region
    /// The account before an S3 Control host name.
    package let hostAccount: AccountID?
    package internal(set) var labels: [Label]
    package let query: QueryString
    /// The parameters of a query call, once its body is read.
    package internal(set) var form: QueryString?
    /// The undecoded path, as sent.
    package let path: [UInt8]
    /// A query call's `Version`, for messages.
    package internal(set) var version: String?

    /// The bucket of an S3 request; nil at the service's root.
    package var bucket: [UInt8]? { label("Bucket") }
    /// The key of an S3 request on an object.
    package var key: [UInt8]? { label("Key") }
    package func label(_ name: String) -> [UInt8]? { labels.first { $0.name == name }?.value }

    /// The operation's name, if the model has it.
    package var operationName: String? {
        if case .known(let name) = operation { name } else { nil }
    }
}

/// The answer of the router.
package enum Routing: Sendable {
    case service(Route)
    /// No service of ours. `name` is what the client named; an error is best written in `format`.
    case unknown(name: String?, format: ServiceModel.WireProtocol)
    /// A head that names nothing clearly, such as a target that is no URI.
    case malformed(WireError, format: ServiceModel.WireProtocol)
}
