import Synchronization
import World

/// The facts of a model that hold for all operations of a service.
public final class ServiceModel: Sendable {
    public enum WireProtocol: String, Sendable { case query, ec2, json, restXML = "rest-xml", restJSON = "rest-json" }

    /// The service's name in ARNs of its actions, endpoints and our folders: `iam`, `s3`, `s3control`.
    public let name: String
    /// The model's `serviceId`, such as `S3 Control`.
    public let serviceID: String
    public let wireProtocol: WireProtocol
    /// `1.0` or `1.1` for AWS JSON; empty for the others.
    public let jsonVersion: String
    /// `2010-05-08`.
    public let apiVersion: String
    public let endpointPrefix: String
    /// The service in the credential scope of a signature.
    public let signingName: String
    /// What precedes the operation's name in `X-Amz-Target`; empty where the protocol has none.
    public let targetPrefix: String
    /// The namespace of the answers' XML; empty for JSON.
    public let xmlNamespace: String
    private let catalogue: String
    private let parsed = AtomicLazyReference<Catalogue>()

    private final class Catalogue: Sendable {
        let operations: [KnownOperation]
        let names: Set<String>
        /// Names by the fingerprint of their bytes.
        let byFingerprint: [UInt64: [String]]

        init(_ lines: String) {
            operations = lines.split(separator: "\n").map(KnownOperation.init(line:))
            names = Set(operations.map(\.name))
            byFingerprint = Dictionary(grouping: operations.map(\.name)) { $0.utf8.span.fingerprint }
        }
    }

    public init(
        name: String, serviceID: String, wireProtocol: WireProtocol, jsonVersion: String, apiVersion: String,
        endpointPrefix: String, signingName: String, targetPrefix: String, xmlNamespace: String, catalogue: String
    ) {
        (self.name, self.serviceID, self.wireProtocol) = (name, serviceID, wireProtocol)
        (self.jsonVersion, self.apiVersion, self.endpointPrefix) = (jsonVersion, apiVersion, endpointPrefix)
        (self.signingName, self.targetPrefix, self.xmlNamespace) = (signingName, targetPrefix, xmlNamespace)
        self.catalogue = catalogue
    }

    /// Every operation of the model, implemented or not, in the order of their names.
    public var operations: [KnownOperation] { known.operations }

    /// Whether the model has an operation of that name.
    public func hasOperation(_ name: String) -> Bool { known.names.contains(name) }

    /// The name of the operation that is called by these bytes; nil where there is none.
    public func operationName(_ bytes: ArraySlice<UInt8>) -> String? {
        known.byFingerprint[bytes.span.fingerprint]?.first { bytes.span.holdsSame(as: $0.utf8.span) }
    }

    /// Read when it is first asked for.
    private var known: Catalogue { parsed.load() ?? parsed.storeIfNil(Catalogue(catalogue)) }
}

/// An operation of a model by name, with what of HTTP tells it from its neighbours.
public struct KnownOperation: Sendable, Hashable {
    public let name: String
    /// `GET`; empty for protocols that always POST to `/`.
    public let method: String
    /// `/{Bucket}/{Key+}?tagging`.
    public let uri: String
    /// Query parameters that are required members: `uploadId` tells ListParts from GetObject.
    public let requiredQuery: [String]
    /// Headers that are required members: `x-amz-copy-source` tells CopyObject from PutObject.
    public let requiredHeaders: [String]
    /// An older operation whose requests look like those of its successor.
    public let isDeprecated: Bool

    /// `Name METHOD URI ?query… #header… deprecated`, all but the name only for REST.
    init(line: Substring) {
        let words = line.split(separator: " ").map(String.init)
        name = words.first ?? ""
        method = words.count > 1 ? words[1] : ""
        uri = words.count > 2 ? words[2] : "/"
        let rest = words.dropFirst(3)
        isDeprecated = rest.contains("deprecated")
        requiredQuery = rest.filter { $0.hasPrefix("?") }.map { String($0.dropFirst()) }
        requiredHeaders = rest.filter { $0.hasPrefix("#") }.map { String($0.dropFirst()) }
    }
}
