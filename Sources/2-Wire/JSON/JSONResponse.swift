import Formats
import HTTP
import Smithy

/// Answers of JSON services.
/// - Source: Smithy, "AWS JSON 1.1 protocol", operation error serialization.
enum JSONResponse {
    static func success<T: Shape>(_ service: ServiceModel, _ output: T, _ identity: RequestIdentity) -> Response {
        Response(status: 200, header: header(service, identity), body: .bytes(JSONShapeEncoder.encode(output)))
    }

    static func failure(_ service: ServiceModel, _ error: some ServiceError, _ identity: RequestIdentity) -> Response {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("__type", error.shapeName)
        writer.member("message", error.message)
        for field in error.fields { writer.member(field.name, field.value) }
        writer.endObject()
        var header = header(service, identity)
        header.add("x-amzn-ErrorType", error.shapeName)
        return Response(status: error.httpStatus, header: header, body: .bytes(writer.bytes))
    }

    /// The answer of a REST JSON operation: some members travel as headers, or as the whole body.
    static func success<T: Shape>(_ operation: OperationModel, _ output: T, _ identity: RequestIdentity) -> Response {
        var encoder = RESTJSONShapeEncoder(T.schema)
        let (header, body) = encoder.encode(output)
        var full = header
        full.add("x-amzn-RequestId", identity.requestID)
        return Response(
            status: encoder.status ?? operation.status, header: full,
            body: operation.method == "HEAD" ? .headOnly(length: encoder.contentLength) : body)
    }

    /// REST JSON tells the error's name in the header alone.
    /// - Source: Smithy, "AWS restJson1 protocol", operation error serialization.
    static func failure(_ error: some ServiceError, _ identity: RequestIdentity) -> Response {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("message", error.message)
        for field in error.fields { writer.member(field.name, field.value) }
        writer.endObject()
        var header = HeaderBlock()
        for line in error.headers { header.add(name: line.name, line.value) }
        header.add("Content-Type", "application/json")
        header.add("x-amzn-RequestId", identity.requestID)
        header.add("x-amzn-ErrorType", error.shapeName)
        return Response(status: error.httpStatus, header: header, body: .bytes(writer.bytes))
    }

    private static func header(_ service: ServiceModel, _ identity: RequestIdentity) -> HeaderBlock {
        var header = HeaderBlock()
        let version = service.jsonVersion
        header.add("Content-Type", version.isEmpty ? "application/json" : "application/x-amz-json-\(version)")
        header.add("x-amzn-RequestId", identity.requestID)
        return header
    }
}
