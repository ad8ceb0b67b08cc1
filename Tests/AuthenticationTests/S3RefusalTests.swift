import HTTP
import Testing
import World

@testable import Authentication

/// Each way to fail, as S3 words it.
@Suite struct S3RefusalTests {
    func check(
        _ refusal: Refusal?, _ code: String, _ status: Int, _ message: String? = nil, _ details: [String: String] = [:],
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(refusal?.code == code, sourceLocation: location)
        #expect(refusal?.status == status, sourceLocation: location)
        if let message { #expect(refusal?.message == message, sourceLocation: location) }
        for (name, value) in details {
            #expect(refusal?.details.first { $0.name == name }?.value == value, sourceLocation: location)
        }
    }

    private func edited(_ old: String, _ new: String) -> Refusal? {
        refusal(SignedRequest(service: .s3).head { $0.edit("authorization", old, new) }, .s3)
    }

    private func presigned(_ old: String, _ new: String) -> Refusal? {
        refusal(SignedRequest(service: .s3).presigned { $0.replacing(old, with: new) }, .s3)
    }

    @Test func accepted() {
        // Defends: the tests below, against failing for another reason than the one they name.
        #expect(refusal(SignedRequest(service: .s3, target: "/b/k//./x?y=%2F").head(), .s3) == nil)
        #expect(refusal(SignedRequest(service: .s3, target: "/b/k?response-a=1").presigned(), .s3) == nil)
        #expect(AuthenticationFailure.missingToken.refusal(for: .s3) == Refusal("AccessDenied", 403, "Access Denied"))
    }

    @Test func keysAndTokens() {
        // Defends: what is said of keys and tokens.
        func answered(_ answer: CredentialLookup) -> Refusal? {
            refusal(SignedRequest(service: .s3).head(), .s3, credentials: StubCredentials(answer: answer))
        }
        for answer in [CredentialLookup.unknown, .inactive, .missingToken] {
            check(
                answered(answer), "InvalidAccessKeyId", 403,
                "The AWS Access Key Id you provided does not exist in our records.", ["AWSAccessKeyId": "AKIDEXAMPLE"])
        }
        check(answered(.badToken), "InvalidToken", 400, "The provided token is malformed or otherwise invalid.")
        check(answered(.expired), "ExpiredToken", 400, "The provided token has expired.")
    }

    @Test func sessionTokens() {
        // Defends: the token reaches the source from header and query, and must be signed.
        let credentials = StubCredentials(token: "a+b/c==")
        let request = SignedRequest(service: .s3, token: "a+b/c==")
        #expect(refusal(request.head(), .s3, credentials: credentials) == nil)
        #expect(refusal(request.presigned(), .s3, credentials: credentials) == nil)
        let late = SignedRequest(service: .s3).head { $0.append(("x-amz-security-token", "a+b/c==")) }
        check(
            refusal(late, .s3, credentials: credentials), "AccessDenied", 403,
            "There were headers present in the request which were not signed",
            ["HeadersNotSigned": "x-amz-security-token"])
    }

    @Test func mismatch() {
        // Defends: the fields by which a client finds its fault.
        let found = refusal(SignedRequest(service: .s3).head(), .s3, credentials: StubCredentials(secret: "other"))
        check(
            found, "SignatureDoesNotMatch", 403,
            "The request signature we calculated does not match the signature you provided. Check your key and signing "
                + "method.", ["AWSAccessKeyId": "AKIDEXAMPLE"])
        #expect(
            found?.details.map(\.name) == [
                "AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes", "CanonicalRequest",
                "CanonicalRequestBytes",
            ])
        #expect(found?.details[3].value.hasPrefix("41 57 53 34 2d 48 4d") == true)
        #expect(found?.details[4].value.hasPrefix("GET\n/\n\nhost:") == true)
        check(edited("Signature=", "Signature=0"), "SignatureDoesNotMatch", 403)
        check(edited("Signature=", "Signature=z"), "SignatureDoesNotMatch", 403)
    }

    @Test func schemes() {
        // Defends: Signature Version 2, SigV4A, other schemes and two signatures at once are refused.
        let unsupported = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
        check(edited("", "AWS AKIDEXAMPLE:c2ln"), "InvalidRequest", 400, unsupported)
        check(edited("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), "InvalidRequest", 400, unsupported)
        let version2 = RequestHead(
            method: "GET", target: "/b/k?AWSAccessKeyId=A&Expires=1&Signature=s", headers: [("host", "h")])
        check(refusal(version2, .s3), "InvalidRequest", 400, unsupported)
        check(presigned("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=x"), "InvalidRequest", 400, unsupported)
        check(
            edited("", "Bearer x"), "InvalidArgument", 400, "Unsupported Authorization Type",
            ["ArgumentName": "Authorization", "ArgumentValue": "Bearer x"])
        let both = SignedRequest(service: .s3, target: "/?X-Amz-Signature=1").head()
        check(
            refusal(both, .s3), "InvalidArgument", 400,
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or "
                + "the Authorization header should be specified", ["ArgumentName": "Authorization"])
    }

    @Test func malformedHeader() {
        // Defends: the shape of the header and the scope of its credential.
        let start = "The authorization header is malformed; "
        check(
            edited("Signature=", "Sig="), "AuthorizationHeaderMalformed", 400,
            start + "the authorization header requires three components: Credential, SignedHeaders, and Signature.")
        check(
            edited("/us-east-1/s3", ""), "AuthorizationHeaderMalformed", 400,
            start + "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
        check(
            edited("/us-east-1/", "/eu-west-1/"), "AuthorizationHeaderMalformed", 400,
            start + "the region 'eu-west-1' is wrong; expecting 'us-east-1'", ["Region": "us-east-1"])
        check(
            edited("/s3/", "/s2/"), "AuthorizationHeaderMalformed", 400,
            start + "incorrect service \"s2\". This endpoint belongs to \"s3\".")
        check(
            edited("aws4_request", "aws5"), "AuthorizationHeaderMalformed", 400,
            start + "incorrect terminator \"aws5\". This endpoint uses \"aws4_request\".")
        check(
            edited("/20260102/", "/20260103/"), "AuthorizationHeaderMalformed", 400,
            start + "Invalid credential date. Date is not the same as X-Amz-Date.")
        check(edited("/20260102/", "/2026/"), "AuthorizationHeaderMalformed", 400)
    }

    @Test func malformedQuery() {
        // Defends: the shape of presigned requests.
        let code = "AuthorizationQueryParametersError"
        check(
            presigned("&X-Amz-Expires=300", ""), code, 400,
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
                + "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
        check(presigned("X-Amz-Expires=300", "X-Amz-Expires=soon"), code, 400, "X-Amz-Expires should be a number")
        check(presigned("X-Amz-Expires=300", "X-Amz-Expires=-1"), code, 400, "X-Amz-Expires must be non-negative")
        check(
            presigned("X-Amz-Expires=300", "X-Amz-Expires=604801"), code, 400,
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 "
                + "seconds")
        check(
            presigned("%2Fus-east-1%2F", "%2Feu-west-1%2F"), code, 400,
            "Error parsing the X-Amz-Credential parameter; the region 'eu-west-1' is wrong; expecting 'us-east-1'",
            ["Region": "us-east-1"])
        check(
            presigned("X-Amz-Date=2026", "X-Amz-Date=26"), code, 400,
            "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
        check(presigned("X-Amz-Date=", "X-Amz-Date=1&X-Amz-Date="), code, 400)
    }

    @Test func time() {
        // Defends: fifteen minutes for headers; a presigned request from its date to its end.
        let head = SignedRequest(service: .s3).head()
        #expect(refusal(head, .s3, wall: testTime + .seconds(900)) == nil)
        check(
            refusal(head, .s3, wall: testTime + .seconds(901)), "RequestTimeTooSkewed", 403,
            "The difference between the request time and the current time is too large.",
            [
                "RequestTime": "20260102T030405Z", "ServerTime": "2026-01-02T03:19:06Z",
                "MaxAllowedSkewMilliseconds": "900000",
            ])
        check(refusal(head, .s3, wall: testTime + .seconds(-901)), "RequestTimeTooSkewed", 403)
        let presigned = SignedRequest(service: .s3).presigned(300)
        #expect(refusal(presigned, .s3, wall: testTime + .seconds(300)) == nil)
        check(
            refusal(presigned, .s3, wall: testTime + .seconds(302)), "AccessDenied", 403, "Request has expired",
            ["X-Amz-Expires": "300", "Expires": "2026-01-02T03:09:05Z", "ServerTime": "2026-01-02T03:09:07Z"])
        check(refusal(presigned, .s3, wall: testTime + .seconds(-901)), "AccessDenied", 403, "Request is not yet valid")
        let dateless = SignedRequest(service: .s3).head { $0.set("x-amz-date", nil) }
        #expect(refusal(dateless, .s3)?.status != nil)
        let wrong = SignedRequest(service: .s3).head { $0.set("x-amz-date", "x") }
        check(
            refusal(wrong, .s3), "AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header")
    }

    @Test func contentHash() {
        // Defends: S3 wants to know how the body is signed.
        let missing = SignedRequest(service: .s3).head { $0.set("x-amz-content-sha256", nil) }
        check(
            refusal(missing, .s3), "InvalidRequest", 400,
            "Missing required header for this request: x-amz-content-sha256")
        let wrong = SignedRequest(service: .s3, contentHash: "STREAMING-NOTHING").head()
        check(
            refusal(wrong, .s3), "InvalidArgument", 400, nil,
            ["ArgumentName": "x-amz-content-sha256", "ArgumentValue": "STREAMING-NOTHING"])
        let swapped = SignedRequest(service: .s3).head { $0.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD") }
        check(refusal(swapped, .s3), "SignatureDoesNotMatch", 403)
    }

    @Test func unsignedHeaders() {
        // Defends: an `x-amz-` header added on the way.
        let head = SignedRequest(service: .s3).head { lines in
            lines.append(("X-Amz-Acl", "public-read"))
            lines.append(("x-amz-meta-a", "b"))
        }
        check(
            refusal(head, .s3), "AccessDenied", 403, "There were headers present in the request which were not signed",
            ["HeadersNotSigned": "x-amz-acl, x-amz-meta-a"])
        let request = SignedRequest(service: .s3)
        let presigned = request.presigned()
        let added = RequestHead(
            method: "GET", target: presigned.text(presigned.target),
            headers: request.headers + [("x-amz-acl", "public-read")])
        check(refusal(added, .s3), "AccessDenied", 403, nil, ["HeadersNotSigned": "x-amz-acl"])
    }
}
