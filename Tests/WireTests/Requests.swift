import AccessAnalyzerAPI
import HTTP
import IAMAPI
import S3API
import S3ControlAPI
import STSAPI
import SigninAPI
import CloudTrailAPI
import Smithy
@testable import Wire

/// A request's head from its parts.
func makeHead(_ method: String, _ target: String, _ headers: [(String, String)] = [("Host", "localhost:4566")])
    -> RequestHead
{
    var raw: [UInt8] = []
    func append(_ text: String) -> Range<Int> {
        let start = raw.count
        raw += Array(text.utf8)
        return start..<raw.count
    }
    let methodRange = append(method)
    let targetRange = append(target)
    let fields = headers.map { RequestHead.Field(name: append($0.0), value: append($0.1)) }
    return RequestHead(
        raw: raw, method: methodRange, target: targetRange, fields: fields, isHTTP11: true,
        connection: ConnectionFacts(peerAddress: "127.0.0.1", isLoopback: true, localPort: 4566, tls: nil))
}

let allServices = [
    IAM.service, STS.service, S3.service, S3Control.service, CloudTrail.service, AccessAnalyzer.service, Signin.service,
]
let allOperations: [any OperationShape.Type] =
    IAM.operations + STS.operations + S3.operations + S3Control.operations + CloudTrail.operations
    + AccessAnalyzer.operations + Signin.operations
let testRouter = Router(services: allServices)
let testIdentity = RequestIdentity(requestID: "11112222-3333-4444-5555-666677778888", hostID: "host")

/// The route, or a failed test's nil.
func testRoute(_ head: RequestHead, scope: String? = nil, region: String? = nil) -> Route? {
    if case .service(let route) = testRouter.route(head, scopeService: scope, scopeRegion: region) {
        route
    } else {
        nil
    }
}

/// An input, and what the request said beyond it.
struct Decoded<Input> {
    let input: Input
    let unknownParameters: [String]
}

func decode<O: OperationShape>(_ operation: O.Type, _ head: RequestHead, _ route: Route, _ payload: Payload) throws
    -> Decoded<O.Input>
{
    var unknown: [String] = []
    let input = try Codec(O.model.service).decode(operation, head, route, payload, unknown: &unknown)
    return Decoded(input: input, unknownParameters: unknown)
}

/// What a query call with this form is read as.
func decodeQuery<O: OperationShape>(_ operation: O.Type, _ form: String) throws -> Decoded<O.Input> {
    let head = makeHead("POST", "/", [("Host", "localhost"), ("Content-Type", "application/x-www-form-urlencoded")])
    let body = Array("Action=\(O.model.name)&Version=\(O.model.service.apiVersion)&\(form)".utf8)
    guard var route = testRoute(head, scope: O.model.service.signingName) else { throw WireError("NoRoute", "") }
    try route.readBody(body)
    return try decode(operation, head, route, .bytes(body))
}

func decodeJSON<O: OperationShape>(_ operation: O.Type, _ body: [UInt8]) throws -> Decoded<O.Input> {
    let target = O.model.service.targetPrefix + "." + O.model.name
    let head = makeHead("POST", "/", [("Host", "localhost"), ("X-Amz-Target", target)])
    guard let route = testRoute(head, scope: O.model.service.signingName) else { throw WireError("NoRoute", "") }
    return try decode(operation, head, route, .bytes(body))
}

func decodeREST<O: OperationShape>(
    _ operation: O.Type, _ target: String, headers: [(String, String)] = [], body: String = ""
) throws -> Decoded<O.Input> {
    let head = makeHead(O.model.method, target, [("Host", "localhost")] + headers)
    guard let route = testRoute(head, scope: "s3") else { throw WireError("NoRoute", "") }
    guard route.operation == .known(O.model.name) else { throw WireError("WrongRoute", "\(route.operation)") }
    return try decode(operation, head, route, .bytes(Array(body.utf8)))
}

func text(_ response: Response) -> String {
    if case .bytes(let bytes) = response.body { String(decoding: bytes, as: UTF8.self) } else { "" }
}

func headerText(_ response: Response) -> String { String(decoding: response.header.bytes, as: UTF8.self) }
