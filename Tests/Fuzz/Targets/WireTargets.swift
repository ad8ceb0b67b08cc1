import AccessAnalyzerAPI
import CloudTrailAPI
import HTTP
import IAMAPI
import Journal
import S3API
import S3ControlAPI
import STSAPI
import Smithy
import Wire

private let services = [
    IAM.service, STS.service, S3.service, S3Control.service, CloudTrail.service, AccessAnalyzer.service,
]
private let router = Router(services: services)
let shapes: [any OperationShape.Type] =
    IAM.operations + STS.operations + S3.operations + S3Control.operations + CloudTrail.operations
    + AccessAnalyzer.operations
private let operations: [String: any OperationShape.Type] = Dictionary(
    shapes.map { ($0.model.service.name + "." + $0.model.name, $0) }, uniquingKeysWith: { first, _ in first })
private let identity = RequestIdentity(requestID: "11112222-3333-4444-5555-666677778888", hostID: "host")

/// A head with nothing but what leads to a service.
private func head(_ fields: [(String, String)]) -> RequestHead {
    var raw: [UInt8] = []
    func add(_ text: String) -> Range<Int> {
        raw += Array(text.utf8)
        return raw.count - text.utf8.count..<raw.count
    }
    let (method, target) = (add("POST"), add("/"))
    let ranges = fields.map { RequestHead.Field(name: add($0.0), value: add($0.1)) }
    return RequestHead(
        raw: raw, method: method, target: target, fields: ranges, isHTTP11: true,
        connection: ConnectionFacts(peerAddress: "127.0.0.1", isLoopback: true, localPort: 4566, tls: nil))
}

/// Decodes a call as the gate does; what is refused is worded, what is taken is recorded.
private func decode(_ route: Route, _ head: RequestHead, _ body: [UInt8]) {
    let codec = Codec(route.service, speaking: route.wireProtocol)
    guard let name = route.operationName, let operation = operations[route.service.name + "." + name] else {
        _ = codec.encode(error: codec.unknownOperation(route.operationName, version: route.version), identity)
        return
    }
    func decode<O: OperationShape>(_ operation: O.Type) {
        do throws(WireError) {
            var unknown: [String] = []
            let input = try codec.decode(operation, head, route, .bytes(body), unknown: &unknown)
            var encoder = RecordEncoder(timeStyle: .iso8601, subjectTypes: ["userName": "AWS::IAM::User"])
            _ = encoder.encode(input)
            require(unknown.count <= 16, "more unknown parameters than are told")
        } catch {
            require((400..<500).contains(error.httpStatus), "a client's mistake answers \(error.httpStatus)")
            _ = codec.encode(error: error, identity, resource: String(decoding: route.path, as: UTF8.self))
        }
    }
    decode(operation)
}

/// A form, as sent to IAM and to STS.
@Sendable func fuzzQueryProtocol(_ input: [UInt8]) {
    let head = head([("Host", "localhost"), ("Content-Type", "application/x-www-form-urlencoded")])
    for scope in ["iam", "sts"] {
        guard case .service(var route) = router.route(head, scopeService: scope, scopeRegion: "us-east-1"),
            (try? route.readBody(input)) != nil
        else { continue }
        decode(route, head, input)
    }
}

/// The operation's name, a line feed, and a JSON body.
@Sendable func fuzzJSONProtocol(_ input: [UInt8]) {
    let parts = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    let target = CloudTrail.service.targetPrefix + "." + String(decoding: parts[0], as: UTF8.self)
    let head = head([("Host", "localhost"), ("X-Amz-Target", target)])
    guard case .service(let route) = router.route(head, scopeService: "cloudtrail") else { return }
    decode(route, head, parts.count > 1 ? Array(parts[1]) : [])
}

/// A whole request, head and body, to S3 or S3 Control.
@Sendable func fuzzRESTProtocol(_ input: [UInt8]) { fuzzREST(input, ["s3", nil]) }

/// The same to Access Analyzer.
@Sendable func fuzzRESTJSONProtocol(_ input: [UInt8]) { fuzzREST(input, ["access-analyzer"]) }

private func fuzzREST(_ input: [UInt8], _ scopes: [String?]) {
    guard let (head, end) = parsedHead(input) else { return }
    let body = Array(input[end...])
    for scope in scopes {
        switch router.route(head, scopeService: scope) {
        case .service(var route):
            guard (try? route.readBody(body)) != nil else { continue }
            decode(route, head, body)
        case .malformed(let error, _):
            require(error.httpStatus < 500, "a malformed request answers \(error.httpStatus)")
        case .unknown: break
        }
    }
}
