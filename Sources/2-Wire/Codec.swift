public import HTTP
public import Smithy

/// Reads requests and writes answers in a service's protocol: the one door between bytes and shapes.
public struct Codec: Sendable {
    public let service: ServiceModel
    public let wireProtocol: ServiceModel.WireProtocol

    /// - Parameter wireProtocol: the one the client speaks, where a service has several.
    public init(_ service: ServiceModel, speaking wireProtocol: ServiceModel.WireProtocol? = nil) {
        (self.service, self.wireProtocol) = (service, wireProtocol ?? service.wireProtocol)
    }

    private var dialect: ValidationDialect { ValidationDialect(service: service, wireProtocol: wireProtocol) }

    /// The operation's input, checked against the model's constraints.
    /// - Parameters:
    ///   - route: of this request; for a query call, after `readBody`.
    ///   - payload: the body, after any chunked signing was taken off.
    ///   - unknown: takes the names of parameters, headers or members the shape does not have; at most sixteen. Refuse
    ///     them or say why not.
    public func decode<O: OperationShape>(
        _ operation: O.Type, _ head: RequestHead, _ route: Route, _ payload: Payload, unknown: inout [String]
    ) throws(WireError) -> O.Input {
        switch wireProtocol {
        case .query, .ec2: try decodeQuery(O.Input.self, route, &unknown)
        case .json: try decodeJSON(O.Input.self, payload, &unknown)
        case .restJSON: try decodeRESTJSON(operation, head, route, payload, &unknown)
        case .restXML: try decodeREST(operation, head, route, payload, &unknown)
        }
    }

    private func decodeQuery<T: Shape>(_ type: T.Type, _ route: Route, _ unknown: inout [String]) throws(WireError)
        -> T
    {
        var decoder = QueryShapeDecoder(route.form ?? .empty)
        let input: T
        do { input = try decoder.root(type) } catch { throw dialect.error(error) }
        guard decoder.validator.violations.isEmpty else { throw dialect.error(decoder.validator.violations) }
        unknown = decoder.unknownParameters
        return input
    }

    private func decodeJSON<T: Shape>(_ type: T.Type, _ payload: Payload, _ unknown: inout [String]) throws(WireError)
        -> T
    {
        guard case .bytes(let bytes) = payload else {
            throw dialect.error(.malformed("The request body is not valid JSON."))
        }
        // Some clients send nothing for an empty input.
        var decoder = JSONShapeDecoder(bytes.isEmpty ? Array("{}".utf8) : bytes)
        let input: T
        do { input = try decoder.root(type) } catch { throw dialect.error(error) }
        guard decoder.validator.violations.isEmpty else { throw dialect.error(decoder.validator.violations) }
        unknown = decoder.unknownMembers
        return input
    }

    private func decodeREST<O: OperationShape>(
        _ operation: O.Type, _ head: RequestHead, _ route: Route, _ payload: Payload, _ unknown: inout [String]
    ) throws(WireError) -> O.Input {
        let parameters = try parameters(head, route)
        var decoder = RESTShapeDecoder(parameters, payload: payload)
        let input: O.Input
        do { input = try decoder.root(O.Input.self) } catch {
            if decoder.isInXMLBody, O.Input.schema.isAccessControlPolicy { throw .malformedACL }
            throw dialect.error(error, inXMLBody: decoder.isInXMLBody)
        }
        guard decoder.validator.violations.isEmpty else {
            if decoder.isInXMLBody, O.Input.schema.isAccessControlPolicy { throw .malformedACL }
            throw dialect.error(decoder.validator.violations, O.Input.schema, inXMLBody: decoder.isInXMLBody)
        }
        unknown = UnknownParameters(parameters: parameters, operation: O.model, schema: O.Input.schema).names()
        return input
    }

    private func decodeRESTJSON<O: OperationShape>(
        _ operation: O.Type, _ head: RequestHead, _ route: Route, _ payload: Payload, _ unknown: inout [String]
    ) throws(WireError) -> O.Input {
        let parameters = try parameters(head, route)
        var reader = RESTJSONReader(parameters, payload: payload)
        let input: O.Input
        do { input = try reader.root(O.Input.self) } catch { throw dialect.error(error) }
        guard reader.violations.isEmpty else { throw dialect.error(reader.violations) }
        let outside = UnknownParameters(parameters: parameters, operation: O.model, schema: O.Input.schema).names()
        unknown = Array((outside + reader.unknownMembers).prefix(16))
        return input
    }

    private func parameters(_ head: RequestHead, _ route: Route) throws(WireError) -> RESTParameters {
        guard route.labels.allSatisfy({ String(validating: $0.value, as: UTF8.self) != nil }) else {
            if wireProtocol == .restJSON { throw dialect.error(.malformed("The path is not valid UTF-8.")) }
            throw WireError("InvalidURI", "Couldn't parse the specified URI.")
        }
        return RESTParameters(head: head, route: route)
    }

    /// The answer to a request that succeeded.
    public func encode<O: OperationShape>(_ operation: O.Type, _ output: O.Output, _ identity: RequestIdentity)
        -> Response
    {
        switch wireProtocol {
        case .query, .ec2: QueryResponse.success(O.model, output, identity)
        case .json: JSONResponse.success(service, output, identity)
        case .restJSON: JSONResponse.success(O.model, output, identity)
        case .restXML: RESTResponse.success(O.model, output, identity)
        }
    }

    /// The answer to a request that failed.
    /// - Parameters:
    ///   - resource: S3's `Resource`, the path as sent.
    ///   - isHead: true leaves the body out, as HEAD wants it.
    public func encode(
        error: some ServiceError, _ identity: RequestIdentity, resource: String = "", isHead: Bool = false
    ) -> Response {
        switch wireProtocol {
        case .query, .ec2: return QueryResponse.failure(service, error, identity)
        case .json: return JSONResponse.failure(service, error, identity)
        case .restJSON:
            let response = JSONResponse.failure(error, identity)
            return isHead ? response.withoutBody : response
        case .restXML:
            let response =
                service.name == "s3"
                ? RESTResponse.failure(error, identity, resource: resource)
                : RESTResponse.wrappedFailure(service, error, identity)
            return isHead ? response.withoutBody : response
        }
    }

    /// The error for an operation that the model lacks or that we do not implement.
    /// - Parameter name: what the client asked for, if it named it.
    public func unknownOperation(_ name: String?, version: String? = nil) -> WireError {
        switch wireProtocol {
        case .query, .ec2:
            guard let name else {
                return WireError("MissingAction", "The request is missing an action or a required parameter.")
            }
            return WireError(
                "InvalidAction", "Could not find operation \(name) for version \(version ?? service.apiVersion)")
        case .json: return WireError("UnknownOperationException", Codec.notImplemented(name))
        case .restJSON: return WireError("UnknownOperationException", Codec.notImplemented(name), status: 404)
        case .restXML:
            guard let name else {
                return WireError(
                    "MethodNotAllowed", "The specified method is not allowed against this resource.", status: 405)
            }
            return WireError(
                "NotImplemented",
                "A header or query you provided implies functionality that is not implemented: \(name).",
                status: 501)
        }
    }

    /// AWS gives no message here; whoever calls wants to know which of the operations it was.
    private static func notImplemented(_ name: String?) -> String {
        name.map { "The operation \($0) is not implemented by Gatehouse." }
            ?? "The service has no such operation."
    }
}

extension Schema {
    /// Whether the body is one of S3's access control lists, which have an error of their own.
    fileprivate var isAccessControlPolicy: Bool { payload.map { members[$0].wireName } == "AccessControlPolicy" }
}
