import Formats
import HTTP
import Smithy

/// Answers of REST XML services.
enum RESTResponse {
    static func success<T: Shape>(_ operation: OperationModel, _ output: T, _ identity: RequestIdentity) -> Response {
        var encoder = RESTShapeEncoder(
            T.schema, root: operation.resultWrapper, namespace: operation.service.xmlNamespace)
        encoder.encode(output)
        let document = encoder.document
        var header = encoder.header
        if !document.isEmpty, !encoder.hasContentType { header.add("Content-Type", "application/xml") }
        add(identity, to: &header)
        let body: ResponseBody =
            if operation.method == "HEAD" {
                .headOnly(length: encoder.contentLength)
            } else if let payload = encoder.payload {
                payload
            } else {
                document.isEmpty ? .empty : .bytes(document)
            }
        return Response(
            status: encoder.status ?? (encoder.isPartial ? 206 : operation.status), header: header, body: body)
    }

    /// S3's errors have no element around them.
    static func failure(_ error: some ServiceError, _ identity: RequestIdentity, resource: String) -> Response {
        var writer = XMLWriter()
        writer.declaration()
        writer.open("Error")
        writer.element("Code", error.code)
        writer.element("Message", error.message)
        for field in error.fields { writer.element(field.name, field.value) }
        if !resource.isEmpty { writer.element("Resource", resource) }
        writer.element("RequestId", identity.requestID)
        writer.element("HostId", identity.hostID)
        writer.close("Error")
        return response(error, writer.bytes, identity)
    }

    /// The errors of all other REST XML services.
    static func wrappedFailure(_ service: ServiceModel, _ error: some ServiceError, _ identity: RequestIdentity)
        -> Response
    {
        var writer = XMLWriter()
        writer.declaration()
        writer.writeError(service, error, identity)
        return response(error, writer.bytes, identity)
    }

    private static func response(
        _ error: some ServiceError, _ document: [UInt8], _ identity: RequestIdentity
    ) -> Response {
        let status = error.httpStatus
        var header = HeaderBlock()
        for line in error.headers { header.add(name: line.name, line.value) }
        add(identity, to: &header)
        // Not Modified and No Content have no body by HTTP's own rule.
        guard status != 304, status != 204 else { return Response(status: status, header: header) }
        header.add("Content-Type", "application/xml")
        return Response(status: status, header: header, body: .bytes(document))
    }

    private static func add(_ identity: RequestIdentity, to header: inout HeaderBlock) {
        header.add("x-amz-request-id", identity.requestID)
        if !identity.hostID.isEmpty { header.add("x-amz-id-2", identity.hostID) }
    }
}

extension Response {
    /// The same answer to HEAD.
    var withoutBody: Response {
        guard case .bytes(let bytes) = body else { return self }
        return Response(status: status, header: header, body: .headOnly(length: Int64(bytes.count)))
    }
}
