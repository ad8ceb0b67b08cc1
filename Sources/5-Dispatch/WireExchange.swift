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
    /// Of the body: held until the request is answered.
    private let room: BodyRoom?

    init(
        facts: RequestFacts, head: RequestHead, route: Route, payload: Payload, identity: RequestIdentity,
        room: BodyRoom? = nil
    ) {
        codec = Codec(route.service, speaking: route.wireProtocol)
        self.room = room
        (self.facts, self.head, self.route, self.payload, self.identity) = (facts, head, route, payload, identity)
    }

    /// Whether it is S3 that is called: it answers anonymous callers too.
    var isForS3: Bool { route.service.wireProtocol == .restXML }

    /// What the shape has no place for is refused: it would otherwise be ignored.
    public func decode<Shape: OperationShape>(_ shape: Shape.Type) throws -> Shape.Input {
        var unknown: [String] = []
        let input = try codec.decode(shape, head, route, payload, unknown: &unknown)
        if let name = unknown.first { throw encryptionRefusal(of: name) ?? NotImplemented("The parameter \(name)") }
        try checkDigest(of: shape.model)
        return input
    }

    /// A body that must not be damaged on its way has to come with its digest.
    private func checkDigest(of operation: OperationModel) throws(WireError) {
        guard operation.checksum?.isRequired == true, case .bytes(let body) = payload, !body.isEmpty,
            !facts.hasBodyDigest
        else { return }
        throw WireError(
            "InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
    }

    /// S3's refusal of a header that says how to encrypt, with an operation that encrypts nothing, or not anew.
    /// - Source: S3 API Reference, "GetObject" and "HeadObject" (400); the words as S3 was seen to answer (s3cmd's issues 146
    ///   and 276).
    private func encryptionRefusal(of name: String) -> WireError? {
        let name = name.lowercased()
        guard isForS3, name.hasPrefix("x-amz-server-side-encryption") else { return nil }
        let field = head.fields.first { head.text($0.name).lowercased() == name }
        // A key of the caller's is not told back to whoever keeps answers.
        let value = name.hasSuffix("-key") ? nil : field.map { head.text($0.value) }
        return WireError(
            "InvalidArgument", "\(name) header is not supported for this operation.",
            fields: [ErrorField("ArgumentName", name)] + (value.map { [ErrorField("ArgumentValue", $0)] } ?? []))
    }

    public func encode<Shape: OperationShape>(_ shape: Shape.Type, _ output: Shape.Output) -> Response {
        codec.encode(shape, output, identity)
    }
}
