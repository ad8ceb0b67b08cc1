import AWS
import Authentication
import Crypto
import HTTP
import World

private let key = "AKIDEXAMPLE"
private let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
private let time = Instant(seconds: 1_767_323_045)

/// Knows one key, with a secret the fuzzer does not.
private struct OneKey: CredentialSource {
    func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup {
        guard accessKeyID == key else { return .unknown }
        return .found(
            Credential(accessKeyID: key, secret: SecretBytes(Array(secret.utf8)), version: 1, principal: principal))
    }

    private var principal: Principal { AccountID("111122223333").map { .root($0) } ?? .anonymous }
}

private let authenticator = Authenticator(credentials: OneKey())
private let s3 = SigningService(name: "s3", region: "us-east-1", family: .s3, acceptsVersion2: true, hostBucket: "b")
private let iam = SigningService(name: "iam", region: "us-east-1", family: .query)

/// A whole request: nobody gets in under a name without its secret.
@Sendable func fuzzSignature(_ input: [UInt8]) {
    guard let (head, end) = parsedHead(input) else { return }
    for (service, payload) in [(s3, Authenticator.Payload.fromHeader), (iam, .body(Array(input[end...])))] {
        do throws(AuthenticationFailure) {
            let proved = try authenticator.authenticate(
                head, for: service, payload: payload, at: .init(wall: time, now: time))
            require(proved.caller.isAnonymous, "a signature was forged")
        } catch {
            let refusal = error.refusal(for: service)
            require((400..<500).contains(refusal.status), "a bad signature answers \(refusal.status)")
        }
    }
}

/// A body in pieces, as an aws-chunked upload under a good signature. The first byte chooses the kind and the pieces.
@Sendable func fuzzSignedChunks(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let kinds = [
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "UNSIGNED-PAYLOAD",
    ]
    let kind = kinds[Int(first & 3)]
    guard let proved = uploads[kind] else { preconditionFailure("the upload is not accepted") }
    let body = Array(input.dropFirst())
    let whole = drained(proved, body, by: max(1, body.count))
    let pieces = drained(proved, body, by: 1 + Int(first >> 2))
    require(whole == pieces, "pieces change the body")
    if let whole { require(whole.count <= body.count, "a body longer than its frames") }
    if kind.contains("HMAC") { require(whole?.isEmpty ?? true, "a chunk's signature was forged") }
}

/// Signed once: what each kind of upload is after authentication.
private let uploads: [String: Authenticated] = {
    var made: [String: Authenticated] = [:]
    for kind in [
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "UNSIGNED-PAYLOAD",
    ] {
        var headers = [(name: "host", value: "localhost")]
        if kind != "UNSIGNED-PAYLOAD" { headers.append((name: "content-encoding", value: "aws-chunked")) }
        if kind.hasSuffix("TRAILER") { headers.append((name: "x-amz-trailer", value: "x-amz-checksum-crc32")) }
        let signer = RequestSigner(accessKeyID: key, secret: SecretBytes(Array(secret.utf8)), service: s3)
        let added = signer.headers(
            for: .init(method: "PUT", target: "/b/k", headers: headers), body: [], contentHash: kind, at: time)
        let head = RequestHead(method: "PUT", target: "/b/k", headers: headers + added)
        made[kind] = try? authenticator.authenticate(
            head, for: s3, payload: .fromHeader, at: .init(wall: time, now: time))
    }
    return made
}()

/// The body in pieces of `width`; nil where it is refused.
private func drained(_ proved: Authenticated, _ bytes: [UInt8], by width: Int) -> [UInt8]? {
    runInline {
        var result: [UInt8] = []
        do {
            let body = try proved.body(PieceBody(bytes, width: width))
            while let next = try await body.next() { result += next }
            return result
        } catch {
            require(error is BodyFailure, "a body failed with \(error)")
            return nil
        }
    }
}

private final class PieceBody: RequestBody {
    let declaredLength: Int64?
    private let rest: Lock<ArraySlice<UInt8>>
    private let width: Int

    init(_ bytes: [UInt8], width: Int) {
        (declaredLength, rest, self.width) = (Int64(bytes.count), Lock(bytes[...]), width)
    }

    func next() async throws -> [UInt8]? {
        rest.withLock { rest in
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(width) }
            return Array(rest.prefix(width))
        }
    }
}
