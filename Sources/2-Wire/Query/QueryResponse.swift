import Formats
import HTTP
import Smithy

/// Answers of query services.
/// - Source: Smithy, "AWS query protocol", response serialization.
enum QueryResponse {
    static func success<T: Shape>(_ operation: OperationModel, _ output: T, _ identity: RequestIdentity) -> Response {
        var encoder = XMLShapeEncoder(T.schema)
        encoder.write { $0.open(operation.name, "Response", namespace: operation.service.xmlNamespace) }
        if operation.hasOutput {
            let wrapper = operation.resultWrapper
            encoder.write { wrapper.isEmpty ? $0.open(operation.name, "Result") : $0.open(wrapper) }
            encoder.members(of: output)
            encoder.write { wrapper.isEmpty ? $0.close(operation.name, "Result") : $0.close(wrapper) }
        }
        encoder.write { writer in
            writer.raw("<ResponseMetadata><RequestId>")
            writer.text(identity.requestID)
            writer.raw("</RequestId></ResponseMetadata>")
            writer.close(operation.name, "Response")
        }
        return response(200, encoder.writer.bytes, identity)
    }

    static func failure(_ service: ServiceModel, _ error: some ServiceError, _ identity: RequestIdentity) -> Response {
        var writer = XMLWriter()
        writer.writeError(service, error, identity)
        return response(error.httpStatus, writer.bytes, identity)
    }

    private static func response(_ status: Int, _ body: [UInt8], _ identity: RequestIdentity) -> Response {
        var header = HeaderBlock()
        header.add("Content-Type", "text/xml")
        header.add("x-amzn-RequestId", identity.requestID)
        return Response(status: status, header: header, body: .bytes(body))
    }
}

extension XMLWriter {
    /// `<ErrorResponse>` with type, code, message and further fields.
    mutating func writeError(_ service: ServiceModel, _ error: some ServiceError, _ identity: RequestIdentity) {
        open("ErrorResponse", namespace: service.xmlNamespace)
        open("Error")
        element("Type", error.isSenderFault ? "Sender" : "Receiver")
        element("Code", error.code)
        element("Message", error.message)
        for field in error.fields { element(field.name, field.value) }
        close("Error")
        element("RequestId", identity.requestID)
        close("ErrorResponse")
    }
}
