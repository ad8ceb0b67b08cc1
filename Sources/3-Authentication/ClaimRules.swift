import Crypto
import HTTP
import World

/// The rules a claim must keep before its signature is calculated.
struct ClaimRules {
    let claim: SignatureClaim
    let head: RequestHead
    /// Where the head names the body's hash.
    let contentHash: Range<Int>?
    let isS3: Bool

    /// S3 allows fifteen minutes between the clocks, everybody else five. Milliseconds.
    private var allowedSkew: Int64 { isS3 ? 900_000 : 300_000 }

    /// Date, Region, service and terminator of the credential.
    func checkScope(of service: SigningService) throws(AuthenticationFailure) {
        let scope = claim.credential
        var problems: [ScopeProblem] = []
        if !scope.region.span.holdsSame(as: service.region.utf8.span) {
            problems.append(.region(String(decoding: scope.region, as: UTF8.self)))
        }
        if !scope.service.span.holdsSame(as: service.name.utf8.span) {
            problems.append(.service(String(decoding: scope.service, as: UTF8.self)))
        }
        if !scope.terminator.span.isExactly("aws4_request") {
            problems.append(.terminator(String(decoding: scope.terminator, as: UTF8.self)))
        }
        let day = claim.time.prefix(8)
        if !scope.date.span.holdsSame(as: day.span) {
            problems.append(
                .date(
                    scope: String(decoding: scope.date, as: UTF8.self),
                    request: String(decoding: claim.time, as: UTF8.self)))
        }
        if !problems.isEmpty { throw AuthenticationFailure(.wrongScope(problems), claim.method) }
    }

    /// Neither too old nor too far ahead, by the machine's clock.
    func checkTime(_ wall: Instant) throws(AuthenticationFailure) {
        let age = wall.milliseconds - claim.instant.milliseconds
        if age < -allowedSkew {
            throw AuthenticationFailure(.skewed(signed: claim.instant, now: wall, allowed: allowedSkew), claim.method)
        }
        if let lifetime = claim.lifetime {
            if age > lifetime * 1000 {
                throw AuthenticationFailure(
                    .presignedExpired(signed: claim.instant, lifetime: lifetime, now: wall), claim.method)
            }
        } else if age > allowedSkew {
            throw AuthenticationFailure(.skewed(signed: claim.instant, now: wall, allowed: allowedSkew), claim.method)
        }
    }

    /// The signature must cover the host and every `x-amz-` header, or someone on the way could add one.
    ///
    /// Two are bound to the signature otherwise: S3's content hash is a line of the canonical request, and elsewhere the
    /// session token belongs to one key only (some clients add it after signing).
    func checkCoverage() throws(AuthenticationFailure) {
        guard CanonicalHeaders.contains(ClaimRules.host, in: claim.signedHeaders) else {
            throw AuthenticationFailure(.hostNotSigned, claim.method)
        }
        var unsigned: [String] = []
        for field in head.fields where HeaderScan.isAmazon(field, of: head) {
            let name = field.name
            if head.matches(name, isS3 ? "x-amz-content-sha256" : "x-amz-security-token") { continue }
            if !CanonicalHeaders.contains(head.raw[name], in: claim.signedHeaders) {
                unsigned.append(String(decoding: head.raw[name].map(CanonicalHeaders.lower), as: UTF8.self))
            }
        }
        if !unsigned.isEmpty { throw AuthenticationFailure(.headersNotSigned(unsigned), claim.method) }
    }

    /// The body's mode, and the last line of the canonical request.
    func payload(_ payload: Authenticator.Payload, _ query: CanonicalQuery) throws(AuthenticationFailure)
        -> (PayloadMode, [UInt8])
    {
        if case .body(let bytes) = payload {
            var hash: [UInt8] = []
            SHA256.appendHexadecimal(of: bytes, to: &hash)
            return (.collected, hash)
        }
        let value = contentHash.map { Array(head.raw[$0]) } ?? query.only("X-Amz-Content-Sha256")
        guard let value else {
            if claim.method == .query { return (.unsigned, ClaimRules.unsignedPayload) }
            throw AuthenticationFailure(.missingContentHash, claim.method)
        }
        guard let mode = PayloadMode(contentHash: value[...]) else {
            throw AuthenticationFailure(.malformedContentHash(String(decoding: value, as: UTF8.self)), claim.method)
        }
        return (mode, value)
    }

    private static let host = Array("host".utf8)[...]
    private static let unsignedPayload = Array("UNSIGNED-PAYLOAD".utf8)
}
