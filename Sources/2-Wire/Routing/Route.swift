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

    /// What stays as it is once the head is read; a class, so that a route is handed on for little.
    private final class Place: Sendable {
        let service: ServiceModel
        let region: Region
        let host: HostName
        let query: QueryString
        let path: ArraySlice<UInt8>

        init(
            _ service: ServiceModel, _ region: Region, _ host: HostName, _ query: QueryString,
            _ path: ArraySlice<UInt8>
        ) {
            (self.service, self.region, self.host, self.query, self.path) = (service, region, host, query, path)
        }
    }

    private let place: Place
    public internal(set) var operation = Operation.unknown(nil)
    public internal(set) var labels: [Label] = []
    /// The parameters of a query call, once its body is read.
    public internal(set) var form: QueryString?
    /// A query call's `Version`, for messages.
    public internal(set) var version: String?
    /// The service that signatures must be for.
    public internal(set) var signingName: String

    init(to service: ServiceModel, in region: Region, _ host: HostName, _ query: QueryString, path: ArraySlice<UInt8>) {
        signingName = service.signingName
        place = Place(service, region, host, query, path)
    }

    /// A call that the path alone names, to a service of the house's own.
    public init(to service: ServiceModel) { self.init(to: service, in: .usEast1, .none, .empty, path: []) }

    /// Whose operation is called.
    public var service: ServiceModel { place.service }
    /// The protocol the client speaks, which is not always the model's first.
    public var wireProtocol: ServiceModel.WireProtocol { place.service.wireProtocol }
    /// From the credential scope, else the host, else us-east-1.
    public var region: Region { place.region }
    /// The account before an S3 Control host name.
    public var hostAccount: AccountID? { place.host.label.flatMap { AccountID($0) } }
    /// The bucket before an S3 host name, or the ARN of the access point before the name of their endpoint.
    public var hostBucket: String? {
        guard place.service.name == "s3", let label = place.host.bucket else { return nil }
        return place.host.isAccessPoint ? Route.accessPoint(label, in: place.host.region ?? region) : label
    }

    /// What stands right before a name of this server, without the name of an endpoint that would tell what it is.
    public var hostLabel: String? {
        place.host.endpoint == nil && !place.host.isWebsite ? place.host.bucket : nil
    }

    /// `name-111122223333` as an ARN; another label as it is, which names nothing.
    private static func accessPoint(_ label: String, in region: Region) -> String {
        guard let dash = label.lastIndex(of: "-"), let account = AccountID(String(label[dash...].dropFirst())) else {
            return label
        }
        return "arn:aws:s3:\(region):\(account):accesspoint/\(label[..<dash])"
    }
    /// The parameters of the target.
    public var query: QueryString { place.query }
    /// The undecoded path, as sent.
    public var path: ArraySlice<UInt8> { place.path }

    /// The bucket of an S3 request; nil at the service's root.
    public var bucket: [UInt8]? { label("Bucket") }
    /// The key of an S3 request on an object.
    public var key: [UInt8]? { label("Key") }
    public func label(_ name: String) -> [UInt8]? { labels.first { $0.name == name }?.value }

    /// The Region that the host names; nil where it names none.
    public var hostRegion: Region? { place.host.region(isS3: place.service.name == "s3") }

    /// The upload that a form posted to a bucket stands for; nil where the route is no bucket's.
    /// - Parameter key: of the object, as bytes.
    public func uploading(_ key: [UInt8], in region: Region) -> Route? { calling("PutObject", on: key, in: region) }

    /// Whether the host is that of buckets as websites.
    public var isWebsite: Bool { place.host.isWebsite }

    /// A call that this request stands for, on an object of its bucket; nil where the route is no bucket's.
    public func calling(_ operation: String, on key: [UInt8], in region: Region? = nil) -> Route? {
        guard let bucket else { return nil }
        var route = Route(to: service, in: region ?? self.region, place.host, .empty, path: path)
        route.operation = .known(operation)
        route.labels = [Label(name: "Bucket", value: bucket), Label(name: "Key", value: key)]
        return route
    }

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
