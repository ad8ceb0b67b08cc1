/// Why the edge itself turned a request or a connection away. The handler never sees these.
public enum Refusal: Int, Error, Sendable, CaseIterable {
    case malformedHead, malformedChunk, headTooLarge, tooManyFields, bodyTooLarge
    case unsupportedVersion, unsupportedMethod, unmetExpectation
    case headTooSlow, bodyTooSlow, responseStalled
    case tooManyConnections, tooManyFromAddress, handshakeFailed

    /// The status of the answer.
    public var status: Int {
        switch self {
        case .malformedHead, .malformedChunk: 400
        case .headTooSlow, .bodyTooSlow, .responseStalled: 408
        case .bodyTooLarge: 413
        case .unmetExpectation: 417
        case .headTooLarge, .tooManyFields: 431
        // RFC 9110, 15.6.2: a method that is supported for no resource. 405 would promise an `Allow`.
        case .unsupportedMethod: 501
        case .tooManyConnections, .tooManyFromAddress, .handshakeFailed: 503
        case .unsupportedVersion: 505
        }
    }
}
