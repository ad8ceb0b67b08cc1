import HTTP
import Smithy

/// Reads the input of a REST JSON operation: labels, query parameters and headers as REST XML has them, the body as JSON.
///
/// Two decoders fill one value, each the members that are its own.
/// - Source: Smithy, "AWS restJson1 protocol".
struct RESTJSONReader {
    private let parameters: RESTParameters
    private let payload: Payload
    private(set) var violations: [Violation] = []
    /// Members of the body that the shape does not have.
    private(set) var unknownMembers: [String] = []

    init(_ parameters: RESTParameters, payload: Payload) { (self.parameters, self.payload) = (parameters, payload) }

    mutating func root<T: Shape>(_ type: T.Type) throws(ShapeError) -> T {
        var value = T()
        var given = MemberSet()
        var bindings = RESTShapeDecoder(parameters, payload: payload)
        try bindings.readBindings(into: &value, &given)
        var document = JSONShapeDecoder(try documentBytes(T.schema))
        if let index = T.schema.payload {
            switch T.schema.members[index].kind {
            case .structure, .list, .map:
                if !payload.isEmpty {
                    _ = given.insert(index)
                    try document.payload(index, of: &value)
                }
            default: try bindings.readPayload(index, of: &value, &given)
            }
        } else if !payload.isEmpty {
            try document.bodyMembers(into: &value, &given)
        }
        violations = bindings.validator.violations + document.missing(from: T.schema, given)
        unknownMembers = document.unknownMembers
        return value
    }

    /// The JSON text; none where the body is something else.
    private func documentBytes(_ schema: Schema) throws(ShapeError) -> [UInt8] {
        switch payload {
        case .bytes(let bytes): return bytes
        case .stream:
            guard schema.payload != nil else { throw .malformed("The request body is not valid JSON.") }
            return []
        }
    }
}
