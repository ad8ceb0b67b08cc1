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

    private static func header(_ service: ServiceModel, _ identity: RequestIdentity) -> HeaderBlock {
        var header = HeaderBlock()
        let version = service.jsonVersion
        header.add("Content-Type", version.isEmpty ? "application/json" : "application/x-amz-json-\(version)")
        header.add("x-amzn-RequestId", identity.requestID)
        return header
    }
}
