public import HTTP
public import World
import AWS
import Crypto

/// Verifies signatures over the raw bytes of a request: Signature Version 4, and Version 2 in links to S3.
///
/// First the claim is read and judged by itself: its form, scope, time and what it covers. Then the credential is looked
/// up, the signature calculated and compared in constant time. S3's bodies are checked later, as they are read, by the
/// `VerifiedBody` that the result makes; other services hand their bodies in.
public struct Authenticator: Sendable {
    /// The body's part in the signature.
    public enum Payload: Sendable {
        /// S3: `x-amz-content-sha256` tells.
        case fromHeader
        /// Everybody else: the whole body.
        case body([UInt8])
    }

    /// What the clocks say: signatures are judged by the machine's, credentials by the product's.
    public struct Times: Sendable {
        public let wall: Instant
        public let now: Instant
        public init(wall: Instant, now: Instant) { (self.wall, self.now) = (wall, now) }
    }

    /// What a head alone says of who signed it.
    public struct HeadClaim: Sendable {
        /// Of a key that is there and active.
        public let accessKeyID: String
        /// Whether the signature was verified, with the hash that the head says the body has. Whether the body has it is not
        /// known yet.
        public let isProved: Bool
    }

    private let credentials: any CredentialSource
    private let keys = SigningKeyCache()

    func signingKey(for credential: Credential, _ scope: CredentialScope) -> SigningKey {
        keys.key(for: credential, scope)
    }

    public init(credentials: any CredentialSource) { self.credentials = credentials }

    /// The caller of a request. Without any signature that is the anonymous caller, whom most operations refuse with
    /// `AuthenticationFailure.missingToken`.
    public func authenticate(
        _ head: RequestHead, for service: SigningService, payload: Payload, at times: Times
    ) throws(AuthenticationFailure) -> Authenticated {
        let target = RequestTarget(head)
        let query = CanonicalQuery(target.query)
        let scan = HeaderScan(head)
        if service.acceptsVersion2, Version2Query.isPresent(query), !PresignedQuery.isPresigned(query) {
            return try authenticateVersion2(head, target, query, scan, service, at: times)
        }
        guard let claim = try readClaim(head, query, scan, isS3: service.isS3) else {
            return Authenticated(
                caller: .anonymous, head: head, mode: try unsignedMode(head, scan, service, .anonymous),
                chunkSigning: nil)
        }
        let rules = ClaimRules(claim: claim, head: head, contentHash: scan.contentHash, isS3: service.isS3)
        try rules.checkScope(of: service)
        try rules.checkTime(times.wall)
        try rules.checkCoverage()
        let (mode, payloadHash) = try rules.payload(payload, query)
        let credential = try lookUp(
            claim.credential.accessKeyID, claim.sessionToken, claim.method, now: times.now)
        let canonical = CanonicalRequest.bytes(
            head: head, target: target, query: query, claim: claim, isS3: service.isS3, payloadHash: payloadHash)
        let key = keys.key(for: credential, claim.credential)
        let signature = try verify(canonical, claim, key)
        let caller = Caller(
            principal: credential.principal, credential: credential, method: claim.method,
            signatureVersion: .version4, signed: claim.instant,
            signatureAge: times.wall.milliseconds - claim.instant.milliseconds,
            signedHeaderList: claim.signedHeaders)
        let chunks = chunkSigning(mode, claim, key, credential, seed: signature)
        return Authenticated(caller: caller, head: head, mode: mode, chunkSigning: chunks)
    }

    /// Looks at what the head alone tells, before a body is read that counts in the signature: whoever this refuses,
    /// `authenticate` refuses likewise, whatever the body is. Whom it passes, `authenticate` may still refuse.
    /// - Returns: what the head says of who signed; nil where there is no signature.
    public func checkHead(
        _ head: RequestHead, for service: SigningService, at times: Times
    ) throws(AuthenticationFailure) -> HeadClaim? {
        let scan = HeaderScan(head)
        let target = RequestTarget(head)
        let query = CanonicalQuery(target.query)
        guard let claim = try readClaim(head, query, scan, isS3: service.isS3) else { return nil }
        let rules = ClaimRules(claim: claim, head: head, contentHash: scan.contentHash, isS3: service.isS3)
        try rules.checkScope(of: service)
        try rules.checkTime(times.wall)
        try rules.checkCoverage()
        let credential = try lookUp(
            claim.credential.accessKeyID, claim.sessionToken, claim.method, now: times.now)
        var isProved = false
        // The hash of a body is in its signature, and some clients tell it in the head.
        if let hash = scan.contentHash, hash.count == 64 {
            let canonical = CanonicalRequest.bytes(
                head: head, target: target, query: query, claim: claim, isS3: service.isS3,
                payloadHash: Array(head.raw[hash]))
            isProved = (try? verify(canonical, claim, keys.key(for: credential, claim.credential))) != nil
        }
        return HeadClaim(accessKeyID: credential.accessKeyID, isProved: isProved)
    }

    /// Nil where no chunks are signed.
    private func chunkSigning(
        _ mode: PayloadMode, _ claim: SignatureClaim, _ key: SigningKey, _ credential: Credential, seed: [UInt8]
    ) -> ChunkSigning? {
        guard case .signedChunks = mode else { return nil }
        return ChunkSigning(
            key: key, time: Array(claim.time), scope: Array(claim.credential.scope), seed: seed,
            accessKeyID: credential.accessKeyID)
    }

    /// Nil where the request bears no signature at all.
    private func readClaim(_ head: RequestHead, _ query: CanonicalQuery, _ scan: HeaderScan, isS3: Bool)
        throws(AuthenticationFailure) -> SignatureClaim?
    {
        let presigned = PresignedQuery.isPresigned(query)
        if let authorization = scan.authorization {
            let value = head.raw[authorization]
            if presigned {
                throw AuthenticationFailure(
                    .twoMechanisms(authorization: String(decoding: value, as: UTF8.self)), .header)
            }
            if let name = scan.duplicate { throw AuthenticationFailure(.duplicateHeader(name), .header) }
            return try AuthorizationHeader.read(value, scan, head)
        }
        if presigned {
            if let name = scan.duplicate { throw AuthenticationFailure(.duplicateHeader(name), .query) }
            return try PresignedQuery.read(query, isS3: isS3, header: scan.token.map { Array(head.raw[$0]) })
        }
        if Version2Query.isPresent(query) { throw AuthenticationFailure(.unsupportedAlgorithm("AWS"), .query) }
        return nil
    }

    /// An upload to S3 whose signature tells nothing of the body, or that bears none, may still be framed, or name its
    /// hash.
    func unsignedMode(
        _ head: RequestHead, _ scan: HeaderScan, _ service: SigningService, _ method: Caller.Method
    ) throws(AuthenticationFailure) -> PayloadMode {
        guard service.isS3 else { return .collected }
        guard let range = scan.contentHash else { return .unsigned }
        let mode = PayloadMode(contentHash: head.raw[range])
        switch mode {
        case .none, .signedChunks:
            throw AuthenticationFailure(.malformedContentHash(head.text(range)), method)
        case .some(let mode): return mode
        }
    }

    func lookUp(
        _ accessKeyID: ArraySlice<UInt8>, _ sessionToken: [UInt8]?, _ method: Caller.Method, now: Instant
    ) throws(AuthenticationFailure) -> Credential {
        let key = String(decoding: accessKeyID, as: UTF8.self)
        let found: CredentialLookup
        do {
            found = try credentials.credential(accessKeyID: key, sessionToken: sessionToken, now: now)
        } catch {
            throw AuthenticationFailure(.unavailable(error), method)
        }
        switch found {
        case .found(let credential): return credential
        case .unknown: throw AuthenticationFailure(.unknownKey(key), method)
        case .inactive: throw AuthenticationFailure(.inactiveKey(key), method)
        case .expired: throw AuthenticationFailure(.expiredToken(key), method)
        case .badToken: throw AuthenticationFailure(.badToken(key), method)
        case .missingToken: throw AuthenticationFailure(.missingSessionToken(key), method)
        }
    }

    /// The signature, in lower-case digits.
    private func verify(_ canonical: [UInt8], _ claim: SignatureClaim, _ key: SigningKey) throws(AuthenticationFailure)
        -> [UInt8]
    {
        let text = CanonicalRequest.stringToSign(canonical, time: claim.time, scope: claim.credential.scope)
        let expected = Hexadecimal.encode(key.sign(text))
        // Digits count in either case.
        if constantTimeEquals(claim.signature, expected[...])
            || constantTimeEquals(claim.signature.map(CanonicalHeaders.lower), expected)
        {
            return expected
        }
        throw AuthenticationFailure(
            .mismatch(
                SignatureMismatch(
                    accessKeyID: String(decoding: claim.credential.accessKeyID, as: UTF8.self),
                    canonicalRequest: canonical,
                    stringToSign: text, provided: String(decoding: claim.signature, as: UTF8.self))), claim.method)
    }
}
