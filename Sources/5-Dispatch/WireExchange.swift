import HTTP
import Smithy
import Wire

/// A request in its service's protocol.
final class WireExchange: Exchange {
    let facts: RequestFacts
    let codec: Codec
    let head: RequestHead
    let route: Route
    let payload: Payload
    let identity: RequestIdentity

    init(
        facts: RequestFacts, codec: Codec, head: RequestHead, route: Route, payload: Payload, identity: RequestIdentity
    ) {
        (self.facts, self.codec, self.head) = (facts, codec, head)
        (self.route, self.payload, self.identity) = (route, payload, identity)
    }

    /// What the shape has no place for is refused: it would otherwise be ignored.
    func decode<Shape: OperationShape>(_ shape: Shape.Type) throws -> Shape.Input {
        let decoded = try codec.decode(shape, head, route, payload)
        if let name = decoded.unknownParameters.first { throw NotImplemented("The parameter \(name)") }
        return decoded.input
    }

    func encode<Shape: OperationShape>(_ shape: Shape.Type, _ output: Shape.Output) -> Response {
        codec.encode(shape, output, identity)
    }
}
