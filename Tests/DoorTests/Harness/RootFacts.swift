import AWS
import HTTP

@testable import Authentication
@testable import Door

extension House {
    /// A request of the root user that goes to the gate without a wire.
    var factsOfRoot: RequestFacts {
        RequestFacts(
            caller: Caller(
                principal: .root(account), credential: nil, method: .header, signatureVersion: .version4, signed: nil,
                signatureAge: nil, signedHeaderList: []),
            region: .usEast1, now: House.start, requestID: "request",
            head: RequestHead(
                raw: [], method: 0..<0, target: 0..<0, fields: [], isHTTP11: true,
                connection: ConnectionFacts(peerAddress: "198.51.100.7", isLoopback: false, localPort: 443, tls: nil)))
    }
}
