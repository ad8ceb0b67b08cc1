import AWS
import Authentication
import Crypto
import Foundation
import Formats
import HTTP
import Scaffold
import Smithy
import World

/// A request as a client of AWS sends it: a signed form or JSON document.
struct HouseRequest {
    let service: ServiceModel
    let region: String
    let body: [UInt8]
    private let method: String
    private let target: String
    private let headers: [(name: String, value: String)]
    /// Whether the head names the body's hash, as some clients do.
    var tellsHash = false

    init(_ service: ServiceModel, _ operation: String, _ input: Input, region: String = "us-east-1") {
        (self.service, self.region) = (service, region)
        let host = (name: "host", value: "\(service.endpointPrefix).\(region).amazonaws.com")
        let agent = (name: "user-agent", value: "door-tests")
        if service.wireProtocol == .restJSON {
            // What the model puts into the path and the query is told apart by name.
            let model = service.operations.first { $0.name == operation }
            method = model?.method ?? "POST"
            var uri = model?.uri ?? "/"
            let inPath = input.filter { uri.contains("{\($0.key)}") }
            for (name, value) in inPath {
                if case .text(let text) = value {
                    uri = uri.replacingOccurrences(of: "{\(name)}", with: PercentEncoding.encode(text))
                }
            }
            // A body only some have; beside it one operation has a query.
            let isBare = ["GET", "DELETE"].contains(method)
            let queried = operation == "ValidatePolicy" ? ["maxResults", "nextToken"] : []
            let inQuery = input.filter { inPath[$0.key] == nil && (isBare || queried.contains($0.key)) }
            let query = inQuery.sorted { $0.key < $1.key }.flatMap { name, value in
                if case .list(let values) = value { values.flatMap { $0.form(name) } } else { value.form(name) }
            }.map { PercentEncoding.encode($0) + "=" + PercentEncoding.encode($1) }
            target = uri + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
            let members = Value.map(input.filter { inQuery[$0.key] == nil && inPath[$0.key] == nil })
            body = Array((try? JSONSerialization.data(withJSONObject: members.json, options: .sortedKeys)) ?? Data())
            headers = [host, agent, (name: "content-type", value: "application/json")]
            return
        }
        (method, target) = ("POST", "/")
        if service.wireProtocol == .query || service.wireProtocol == .ec2 {
            let members = [("Action", operation), ("Version", service.apiVersion)] + Value.map(input).form("")
            body = Array(
                members.map { PercentEncoding.encode($0) + "=" + PercentEncoding.encode($1) }.joined(separator: "&")
                    .utf8)
            headers = [host, agent, (name: "content-type", value: "application/x-www-form-urlencoded")]
        } else {
            body = Array(
                (try? JSONSerialization.data(withJSONObject: Value.map(input).json, options: .sortedKeys)) ?? Data())
            headers = [
                host, agent, (name: "content-type", value: "application/x-amz-json-\(service.jsonVersion)"),
                (name: "x-amz-target", value: service.targetPrefix + "." + operation),
            ]
        }
    }

    /// The head, signed if there are keys.
    func head(_ keys: Keys?, at time: Instant) -> RequestHead {
        var lines = headers
        if tellsHash { lines.append((name: "x-amz-content-sha256", value: Hexadecimal.string(SHA256.hash(body)))) }
        if let keys {
            let family: SigningService.Family =
                switch service.wireProtocol {
                case .query, .ec2: .query
                case .restJSON: .restJSON
                default: .json
                }
            let signing = SigningService(name: service.signingName, region: region, family: family)
            let signer = RequestSigner(
                accessKeyID: keys.id, secret: SecretBytes(Array(keys.secret.utf8)), sessionToken: keys.token,
                service: signing)
            lines += signer.headers(for: .init(method: method, target: target, headers: lines), body: body, at: time)
        }
        return HouseRequest.head(method, target, lines)
    }

    /// A head that came over TLS from an address of the documentation.
    static func head(_ method: String, _ target: String, _ lines: [(name: String, value: String)]) -> RequestHead {
        var raw: [UInt8] = []
        func append(_ text: String) -> Range<Int> {
            let start = raw.count
            raw += Array(text.utf8)
            return start..<raw.count
        }
        let (method, target) = (append(method), append(target))
        let fields = lines.map { RequestHead.Field(name: append($0.name), value: append($0.value)) }
        return RequestHead(
            raw: raw, method: method, target: target, fields: fields, isHTTP11: true,
            connection: ConnectionFacts(
                peerAddress: "198.51.100.7", isLoopback: false, localPort: 443,
                tls: TLSFacts(version: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256")))
    }
}
