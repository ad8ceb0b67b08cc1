import AWS
import HTTP
import Testing
import World

@testable import Authentication

/// Each way to fail, as services other than S3 word it.
@Suite struct RefusalTests {
    func check(
        _ refusal: Refusal?, _ code: String, _ status: Int, _ message: String,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(refusal?.code == code, sourceLocation: location)
        #expect(refusal?.status == status, sourceLocation: location)
        #expect(refusal?.message == message, sourceLocation: location)
    }

    @Test func accepted() {
        // Defends: the tests below, against failing for another reason than the one they name.
        for service in [SigningService.iam, .kms, .lambda] {
            #expect(
                refusal(SignedRequest(service: service, method: "POST", body: "a").head(), service, body: "a") == nil)
            #expect(refusal(SignedRequest(service: service).presigned(), service) == nil)
        }
    }

    @Test func anonymous() throws {
        // Defends: without a signature there is a caller without rights, and the words for who needs one.
        let head = RequestHead(method: "GET", target: "/", headers: [("host", "a")])
        let times = Authenticator.Times(wall: testTime, now: testTime)
        let found = try Authenticator(credentials: StubCredentials()).authenticate(
            head, for: .iam, payload: .body([]), at: times)
        #expect(found.caller.isAnonymous && found.caller.principal == .anonymous && found.caller.credential == nil)
        let missing = AuthenticationFailure.missingToken
        check(missing.refusal(for: .iam), "MissingAuthenticationToken", 403, "Request is missing Authentication Token")
        check(missing.refusal(for: .kms), "MissingAuthenticationTokenException", 400, "Missing Authentication Token")
        check(missing.refusal(for: .lambda), "MissingAuthenticationTokenException", 403, "Missing Authentication Token")
    }

    @Test func unknownKeys() {
        // Defends: unknown, inactive and token-less keys look alike.
        let message = "The security token included in the request is invalid."
        for answer in [CredentialLookup.unknown, .inactive, .missingToken, .badToken] {
            let credentials = StubCredentials(answer: answer)
            let iam = SignedRequest(service: .iam).head()
            check(refusal(iam, .iam, credentials: credentials), "InvalidClientTokenId", 403, message)
            let kms = SignedRequest(service: .kms).head()
            check(refusal(kms, .kms, credentials: credentials), "UnrecognizedClientException", 400, message)
        }
        let service = SigningService(
            name: "kms", region: "us-east-1", family: .json, unknownKeyCode: "InvalidClientTokenId")
        check(
            refusal(SignedRequest(service: service).head(), service, credentials: StubCredentials(answer: .unknown)),
            "InvalidClientTokenId", 400, message)
    }

    @Test func expiredTokens() {
        // Defends: an expired session is told apart.
        let credentials = StubCredentials(answer: .expired)
        let message = "The security token included in the request is expired"
        check(
            refusal(SignedRequest(service: .iam).head(), .iam, credentials: credentials), "ExpiredToken", 403, message)
        check(
            refusal(SignedRequest(service: .kms).head(), .kms, credentials: credentials), "ExpiredTokenException", 400,
            message)
    }

    @Test func brokenSource() {
        // Defends: a credential store that fails is our failure, and lets nobody in.
        let broken = StubCredentials(isBroken: true)
        #expect(refusal(SignedRequest(service: .iam).head(), .iam, credentials: broken)?.code == "InternalFailure")
        let s3 = refusal(SignedRequest(service: .s3).head(), .s3, credentials: broken)
        #expect(s3?.code == "InternalError" && s3?.status == 500)
    }

    @Test func mismatch() {
        // Defends: a wrong secret or body is refused; XML services show what they calculated.
        let start =
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
            + "Key and signing method. Consult the service documentation for details."
        let kms = refusal(SignedRequest(service: .kms, body: "a").head(), .kms, body: "b")
        check(kms, "InvalidSignatureException", 400, start)
        let iam = refusal(SignedRequest(service: .iam).head(), .iam, credentials: StubCredentials(secret: "other"))
        #expect(iam?.code == "SignatureDoesNotMatch" && iam?.status == 403)
        #expect(
            iam?.message.hasPrefix(
                start
                    + "\n\nThe Canonical String for this request should have been\n'GET\n/\n\nhost:example.amazonaws.com\n"
                    + "x-amz-date:20260102T030405Z\n\nhost;x-amz-date\n") == true)
        #expect(
            iam?.message.contains(
                "'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20260102T030405Z\n"
                    + "20260102/us-east-1/iam/aws4_request\n") == true)
    }

    @Test func incomplete() {
        // Defends: a header that lacks parts says which, and hides what it held.
        let head = SignedRequest(service: .iam).head { lines in
            lines.edit("authorization", "Signature=", "Sig=")
            lines.edit("authorization", "Credential=", "Cred=")
            lines.set("x-amz-date", nil)
        }
        let found = refusal(head, .iam)
        #expect(found?.code == "IncompleteSignature" && found?.status == 400)
        #expect(
            found?.message.hasPrefix(
                "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' "
                    + "parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                    + "(Hashed with SHA-256 and encoded with Base64) Authorization=") == true)
        #expect(found?.message.contains("AKIDEXAMPLE") == false)
        let json = SignedRequest(service: .kms).head { $0.edit("authorization", "SignedHeaders=", "x=") }
        #expect(refusal(json, .kms)?.code == "IncompleteSignatureException")
        let basic = SignedRequest(service: .iam).head { $0.set("authorization", "Basic YTpi") }
        #expect(refusal(basic, .iam)?.code == "IncompleteSignature")
    }

    @Test func malformedParts() {
        // Defends: credentials, dates and algorithms of another shape.
        let credential = SignedRequest(service: .iam).head { $0.edit("authorization", "/aws4_request", "") }
        check(
            refusal(credential, .iam), "IncompleteSignature", 400,
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
                + "got 'AKIDEXAMPLE/20260102/us-east-1/iam'")
        let date = SignedRequest(service: .iam).head { $0.set("x-amz-date", "yesterday") }
        check(
            refusal(date, .iam), "IncompleteSignature", 400,
            "Date must be in ISO-8601 'basic format'. Got 'yesterday'.")
        for algorithm in ["AWS4-ECDSA-P256-SHA256", "AWS4-HMAC-SHA1", "AWS"] {
            let head = SignedRequest(service: .iam).head { $0.edit("authorization", "AWS4-HMAC-SHA256", algorithm) }
            check(refusal(head, .iam), "IncompleteSignature", 400, "Unsupported AWS 'algorithm': '\(algorithm)'.")
        }
        let twice = SignedRequest(service: .iam).head { $0.append(("X-AMZ-Date", "20260102T030405Z")) }
        check(refusal(twice, .iam), "IncompleteSignature", 400, "The header 'x-amz-date' must not be repeated.")
    }

    @Test func scope() {
        // Defends: a credential for another Region, service, day or purpose.
        func edited(_ old: String, _ new: String) -> Refusal? {
            refusal(SignedRequest(service: .iam).head { $0.edit("authorization", old, new) }, .iam)
        }
        check(
            edited("/us-east-1/", "/eu-west-1/"), "SignatureDoesNotMatch", 403,
            "Credential should be scoped to a valid region, not 'eu-west-1'.")
        check(
            edited("/iam/", "/sts/"), "SignatureDoesNotMatch", 403,
            "Credential should be scoped to correct service: 'iam'.")
        check(
            edited("/aws4_request", "/aws5_request"), "SignatureDoesNotMatch", 403,
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.")
        check(
            edited("/20260102/", "/20260101/"), "SignatureDoesNotMatch", 403,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260101' != "
                + "'20260102', from '20260102T030405Z'.")
    }

    @Test func clockSkew() {
        // Defends: five minutes, both ways, to the second.
        let head = SignedRequest(service: .iam).head()
        #expect(refusal(head, .iam, wall: testTime + .seconds(300)) == nil)
        #expect(refusal(head, .iam, wall: testTime + .seconds(-300)) == nil)
        check(
            refusal(head, .iam, wall: testTime + .seconds(301)), "SignatureDoesNotMatch", 403,
            "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T030906Z - 5 min.)")
        check(
            refusal(head, .iam, wall: testTime + .seconds(-301)), "SignatureDoesNotMatch", 403,
            "Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z (20260102T025904Z + 5 min.)"
        )
        // The product's clock may be moved for tests; signatures do not care.
        #expect(refusal(head, .iam, now: testTime + .seconds(86_400)) == nil)
    }

    @Test func presignedLifetime() {
        // Defends: a presigned request ends when it said, and no later.
        let head = SignedRequest(service: .iam).presigned(60)
        #expect(refusal(head, .iam, wall: testTime + .seconds(60)) == nil)
        check(
            refusal(head, .iam, wall: testTime + .seconds(61)), "SignatureDoesNotMatch", 403,
            "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T030506Z - 1 min.)")
    }

    @Test func coverage() {
        // Defends: nobody on the way may add or change a header that means something.
        let added = SignedRequest(service: .kms).head { $0.append(("X-Amz-Target", "TrentService.Encrypt")) }
        check(
            refusal(added, .kms), "InvalidSignatureException", 400,
            "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.")
        let hostless = SignedRequest(service: .kms).head {
            $0.edit("authorization", "SignedHeaders=host;", "SignedHeaders=")
        }
        check(
            refusal(hostless, .kms), "InvalidSignatureException", 400,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    }

    @Test func forms() {
        // Defends: no blanks after the commas, many blanks, a Date header, and an absolute target are all understood.
        let tight = SignedRequest(service: .iam).head { $0.edit("authorization", ", ", ",") }
        #expect(refusal(tight, .iam) == nil)
        let loose = SignedRequest(service: .iam).head { $0.edit("authorization", ", ", " ,\t  ") }
        #expect(refusal(loose, .iam) == nil)
        let signed = SignedRequest(service: .iam, target: "/a/../b%20c?x=1&a=").head()
        let lines = signed.fields.map { (name: signed.text($0.name), value: signed.text($0.value)) }
        let absolute = RequestHead(method: "GET", target: "http://host:80/a/../b%20c?x=1&a=", headers: lines)
        #expect(refusal(absolute, .iam) == nil)
    }
}
