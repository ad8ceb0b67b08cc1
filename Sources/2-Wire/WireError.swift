public import Smithy

/// What the wire refuses before a service is asked: always the client's fault, in the service's own words.
public struct WireError: ServiceError, Hashable {
    public let code: String
    public let message: String
    public let httpStatus: Int
    public let fields: [ErrorField]

    public init(_ code: String, _ message: String, status: Int = 400, fields: [ErrorField] = []) {
        (self.code, self.message, self.httpStatus, self.fields) = (code, message, status, fields)
    }
}
