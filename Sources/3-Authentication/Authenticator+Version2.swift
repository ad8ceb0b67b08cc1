import Crypto
import Formats
import HTTP
import World

/// Links to S3 signed with Version 2. They tell no Region, no time of signing and nothing of the body.
extension Authenticator {
    func authenticateVersion2(
        _ head: RequestHead, _ target: RequestTarget, _ query: CanonicalQuery, _ scan: HeaderScan,
        _ service: SigningService, at times: Times
    ) throws(AuthenticationFailure) -> Authenticated {
        if let authorization = scan.authorization {
            throw AuthenticationFailure(
                .twoMechanisms(authorization: String(decoding: head.raw[authorization], as: UTF8.self)), .header)
        }
        if let name = scan.duplicate { throw AuthenticationFailure(.duplicateHeader(name), .query) }
        let link = try Version2Query.read(query, header: scan.token.map { Array(head.raw[$0]) })
        try link.checkTime(times.wall)
        let mode = try unsignedMode(head, scan, service, .query)
        let credential = try lookUp(link.accessKeyID[...], link.sessionToken, .query, now: times.now)
        try verify(
            link, Version2Text(head: head, target: target, query: query, hostBucket: service.hostBucket), credential)
        let caller = Caller(
            principal: credential.principal, credential: credential, method: .query, signatureVersion: .version2,
            signed: nil, signatureAge: nil, signedHeaderList: [])
        return Authenticated(caller: caller, head: head, mode: mode, chunkSigning: nil)
    }

    private func verify(_ link: Version2Query, _ parts: Version2Text, _ credential: Credential)
        throws(AuthenticationFailure)
    {
        func isSigned(_ text: [UInt8]) -> Bool {
            constantTimeEquals(
                link.signature, Base64.encodeBytes(HMACSHA1.authenticate(text, key: credential.secret)))
        }
        let text = try parts.bytes(expires: link.expires)
        if isSigned(text) { return }
        if parts.namesBucketAlone, isSigned(try parts.bytes(expires: link.expires, endingInSlash: true)) { return }
        throw AuthenticationFailure(
            .mismatch(
                SignatureMismatch(
                    accessKeyID: credential.accessKeyID, canonicalRequest: nil, stringToSign: text,
                    provided: String(decoding: link.signature, as: UTF8.self))), .query)
    }
}
