package import Smithy

/// What the wire refuses before a service is asked: always the client's fault, in the service's own words.
package struct WireError: ServiceError, Hashable {
    package let code: String
    package let message: String
    package let httpStatus: Int
    package let fields: [ErrorField]

    package init(_ code: String, _ message: String, status: Int = 400, fields: [ErrorField] = []) {
        (self.code, self.message, self.httpStatus, self.fields) = (code, message, status, fields)
    }
}
