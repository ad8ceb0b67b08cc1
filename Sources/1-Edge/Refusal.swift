/// Why the edge itself turned a request or a connection away. The handler never sees these.
public enum Refusal: Int, Error, Sendable, CaseIterable {
    case malformedHead, malformedChunk, headTooLarge, tooManyFields, bodyTooLarge
    case unsupportedVersion, unsupportedMethod, unmetExpectation
    case headTooSlow, bodyTooSlow, responseStalled
    /// Too many answers wait to be taken by clients.
    case answersWaiting
    /// Of the forward proxy: a host that it does not answer for, a request in another form than a proxy's, a Host that is not
    /// the target's, and one that is not the tunnel's.
    case foreignHost, notForProxy, otherHost, misdirected
    case tooManyConnections, tooManyFromAddress, handshakeFailed

    /// The status of the answer.
    public var status: Int {
        switch self {
        case .malformedHead, .malformedChunk, .notForProxy, .otherHost: 400
        case .foreignHost: 403
        case .headTooSlow, .bodyTooSlow, .responseStalled: 408
        case .bodyTooLarge: 413
        case .unmetExpectation: 417
        // RFC 9110, 15.5.20.
        case .misdirected: 421
        case .headTooLarge, .tooManyFields: 431
        // RFC 9110, 15.6.2: a method that is supported for no resource. 405 would promise an `Allow`.
        case .unsupportedMethod: 501
        case .tooManyConnections, .tooManyFromAddress, .handshakeFailed, .answersWaiting: 503
        case .unsupportedVersion: 505
        }
    }

    /// What the client should do instead, where the status alone does not tell.
    var advice: StaticString? {
        switch self {
        case .foreignHost:
            "This proxy answers for AWS's endpoints alone (http at port 80, CONNECT to port 443) and connects to nothing else. Name other hosts in NO_PROXY."
        case .notForProxy:
            "This is a forward proxy: it takes http://HOST/PATH, and CONNECT HOST:443 without a body for everything over https."
        case .otherHost: "The header Host names another host than the request's target."
        case .misdirected: "The request names another host than the one that CONNECT was for."
        default: nil
        }
    }
}
