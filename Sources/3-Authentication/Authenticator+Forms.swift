import Crypto
import Formats
public import HTTP
import World

/// Forms that browsers post to S3. What is signed is the policy, and the policy says what the other fields may be.
extension Authenticator {
    /// The sender of a form. Without a signature that is the anonymous caller.
    /// - Parameter head: of the upload that the form stands for; its body is the content of the form's file.
    public func authenticate(
        _ form: FormSignature, for head: RequestHead, to service: SigningService, at times: Times
    ) throws(AuthenticationFailure) -> Authenticated {
        let caller: Caller =
            switch form.parts {
            case .none: .anonymous
            case .version2(let accessKeyID, let signature):
                try caller(form, accessKeyID: accessKeyID, signature: signature, times)
            case .version4: try version4Caller(form, head, service, times)
            }
        return Authenticated(caller: caller, head: head, mode: .unsigned, chunkSigning: nil)
    }

    private func version4Caller(
        _ form: FormSignature, _ head: RequestHead, _ service: SigningService, _ times: Times
    ) throws(AuthenticationFailure) -> Caller {
        guard case .version4(let algorithm, let credential, let date, let signature) = form.parts else {
            throw AuthenticationFailure(.missingToken, .form)
        }
        guard algorithm == SignatureClaim.algorithm else {
            throw AuthenticationFailure(.unsupportedAlgorithm(String(decoding: algorithm, as: UTF8.self)), .form)
        }
        guard let scope = CredentialScope(credential[...]) else {
            throw AuthenticationFailure(.malformedCredential(String(decoding: credential, as: UTF8.self)), .form)
        }
        guard let instant = Instant(basicBytes: date.span) else {
            throw AuthenticationFailure(.malformedDate(String(decoding: date, as: UTF8.self)), .form)
        }
        // The policy says how long the form is good; a signature is good for a week at most.
        let claim = SignatureClaim(
            method: .form, credential: scope, signedHeaders: [], signature: signature[...], time: date[...],
            instant: instant, lifetime: PresignedQuery.longestLifetime, sessionToken: form.sessionToken)
        let rules = ClaimRules(claim: claim, head: head, contentHash: nil, isS3: true)
        try rules.checkScope(of: service)
        try rules.checkTime(times.wall)
        let found = try lookUp(scope.accessKeyID, form.sessionToken, .form, now: times.now)
        let policy = form.policy ?? []
        let expected = Hexadecimal.encode(signingKey(for: found, scope).sign(policy))
        guard constantTimeEquals(signature.map(CanonicalHeaders.lower), expected) else {
            throw mismatch(found, policy, signature)
        }
        return Caller(
            principal: found.principal, credential: found, method: .form, signatureVersion: .version4, signed: instant,
            signatureAge: times.wall.milliseconds - instant.milliseconds, signedHeaderList: [])
    }

    /// Version 2 tells neither a Region nor when it was signed.
    private func caller(
        _ form: FormSignature, accessKeyID: [UInt8], signature: [UInt8], _ times: Times
    ) throws(AuthenticationFailure) -> Caller {
        let found = try lookUp(accessKeyID[...], form.sessionToken, .form, now: times.now)
        let policy = form.policy ?? []
        guard
            constantTimeEquals(
                signature, Base64.encodeBytes(HMACSHA1.authenticate(policy, key: found.secret)))
        else { throw mismatch(found, policy, signature) }
        return Caller(
            principal: found.principal, credential: found, method: .form, signatureVersion: .version2, signed: nil,
            signatureAge: nil, signedHeaderList: [])
    }

    private func mismatch(_ found: Credential, _ policy: [UInt8], _ signature: [UInt8]) -> AuthenticationFailure {
        AuthenticationFailure(
            .mismatch(
                SignatureMismatch(
                    accessKeyID: found.accessKeyID, canonicalRequest: nil, stringToSign: policy,
                    provided: String(decoding: signature, as: UTF8.self))), .form)
    }
}
