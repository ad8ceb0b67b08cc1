public import HTTP
public import Smithy
import Wire

/// A request in its service's protocol, on its way through: where the typed input of its operation comes from, and how
/// the output becomes an answer.
public final class WireExchange: Sendable {
    public let facts: RequestFacts
    let codec: Codec
    let head: RequestHead
    let route: Route
    let payload: Payload
    let identity: RequestIdentity

    init(facts: RequestFacts, head: RequestHead, route: Route, payload: Payload, identity: RequestIdentity) {
        codec = Codec(route.service, speaking: route.wireProtocol)
        (self.facts, self.head, self.route, self.payload, self.identity) = (facts, head, route, payload, identity)
    }

    /// Whether it is S3 that is called: it answers anonymous callers too.
    var isForS3: Bool { route.service.wireProtocol == .restXML }

    /// What the shape has no place for is refused: it would otherwise be ignored.
    public func decode<Shape: OperationShape>(_ shape: Shape.Type) throws -> Shape.Input {
        var unknown: [String] = []
        let input = try codec.decode(shape, head, route, payload, unknown: &unknown)
        if let name = unknown.first { throw NotImplemented("The parameter \(name)") }
        return input
    }

    public func encode<Shape: OperationShape>(_ shape: Shape.Type, _ output: Shape.Output) -> Response {
        codec.encode(shape, output, identity)
    }
}
