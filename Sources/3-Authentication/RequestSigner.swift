import Formats
public import Crypto
public import World
public import HTTP

/// Signs requests (Signature Version 4), for our own command line and tests.
public final class RequestSigner: Sendable {
    /// A request about to be sent. `headers` holds `host` and whatever else shall be signed.
    public struct Request: Sendable {
        public let method: String
        /// Path and query, encoded as they will be sent.
        public let target: String
        public let headers: [(name: String, value: String)]
        public init(method: String, target: String, headers: [(name: String, value: String)]) {
            (self.method, self.target, self.headers) = (method, target, headers)
        }
    }

    private let accessKeyID: String
    private let secret: SecretBytes
    private let sessionToken: String?
    private let service: SigningService

    public init(
        accessKeyID: String, secret: consuming SecretBytes, sessionToken: String? = nil, service: SigningService
    ) {
        (self.accessKeyID, self.sessionToken, self.service) = (accessKeyID, sessionToken, service)
        self.secret = secret
    }

    /// The headers to add: time, token, content hash (S3) and `authorization`. All headers given are signed.
    /// - Parameter contentHash: S3's word for a body that is not hashed; nil hashes `body`.
    public func headers(
        for request: Request, body: [UInt8], contentHash: String? = nil, at time: Instant
    ) -> [(name: String, value: String)] {
        let hash = contentHash ?? Hexadecimal.string(SHA256.hash(body))
        var added = [(name: "x-amz-date", value: time.basic)]
        if service.isS3 { added.append((name: "x-amz-content-sha256", value: hash)) }
        if let sessionToken { added.append((name: "x-amz-security-token", value: sessionToken)) }
        let names = RequestSigner.names(request.headers + added)
        let signature = signature(
            request.method, request.target, request.headers + added, claim(.header, names, time), hash)
        let credential = accessKeyID + "/" + scope(time)
        added.append(
            (
                name: "authorization",
                value: "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=\(names), Signature=\(signature)"
            ))
        return added
    }

    /// The target of a presigned request.
    /// - Parameter lifetime: seconds, at most 604,800.
    public func presignedTarget(for request: Request, lifetime: Int64, at time: Instant) -> String {
        let names = RequestSigner.names(request.headers)
        var target = request.target + (request.target.contains("?") ? "&" : "?") + "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        target += "&X-Amz-Credential=" + RequestSigner.encoded(accessKeyID + "/" + scope(time))
        target += "&X-Amz-Date=\(time.basic)&X-Amz-Expires=\(lifetime)"
        if let sessionToken { target += "&X-Amz-Security-Token=" + RequestSigner.encoded(sessionToken) }
        target += "&X-Amz-SignedHeaders=" + RequestSigner.encoded(names)
        let hash = service.isS3 ? "UNSIGNED-PAYLOAD" : Hexadecimal.string(SHA256.hash([UInt8]()))
        return target + "&X-Amz-Signature="
            + signature(request.method, target, request.headers, claim(.query, names, time), hash)
    }

    private func scope(_ time: Instant) -> String {
        "\(time.basic.prefix(8))/\(service.region)/\(service.name)/aws4_request"
    }

    private func claim(_ method: Caller.Method, _ names: String, _ time: Instant) -> SignatureClaim? {
        guard let credential = CredentialScope(Array((accessKeyID + "/" + scope(time)).utf8)[...]) else { return nil }
        return SignatureClaim(
            method: method, credential: credential, signedHeaders: Array(names.utf8)[...], signature: [],
            time: Array(time.basic.utf8)[...], instant: time, lifetime: nil, sessionToken: nil)
    }

    /// Hexadecimal; empty for a key id with a slash, which no service accepts.
    private func signature(
        _ method: String, _ target: String, _ headers: [(name: String, value: String)], _ claim: SignatureClaim?,
        _ payloadHash: String
    ) -> String {
        guard let claim else { return "" }
        let head = RequestHead(method: method, target: target, headers: headers)
        let parts = RequestTarget(head)
        let canonical = CanonicalRequest.bytes(
            head: head, target: parts, query: CanonicalQuery(parts.query), claim: claim, isS3: service.isS3,
            payloadHash: Array(payloadHash.utf8))
        let text = CanonicalRequest.stringToSign(canonical, time: claim.time, scope: claim.credential.scope)
        return Hexadecimal.string(SigningKey(secret: secret, scope: claim.credential).sign(text))
    }

    private static func names(_ headers: [(name: String, value: String)]) -> String {
        Set(headers.map { $0.name.lowercased() }).sorted().joined(separator: ";")
    }

    private static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        PercentEncoding.append(text.utf8, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension RequestHead {
    /// A head that came over no connection.
    public convenience init(method: String, target: String, headers: [(name: String, value: String)]) {
        var raw: [UInt8] = []
        func append(_ text: String) -> Range<Int> {
            let start = raw.count
            raw += text.utf8
            return start..<raw.count
        }
        let methodRange = append(method)
        let targetRange = append(target)
        let fields = headers.map { Field(name: append($0.name), value: append($0.value)) }
        self.init(
            raw: raw, method: methodRange, target: targetRange, fields: fields, isHTTP11: true,
            connection: ConnectionFacts(peerAddress: "127.0.0.1", isLoopback: true, localPort: 0, tls: nil))
    }
}
