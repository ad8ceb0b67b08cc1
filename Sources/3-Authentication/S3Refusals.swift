import Crypto
import World

/// S3's wording.
/// - Source: S3 API Reference, "Error responses"; S3 answers quoted in public client reports.
extension AuthenticationFailure {
    func s3Refusal(for service: SigningService) -> Refusal {
        credentialRefusal ?? formRefusal(for: service) ?? timeRefusal
            ?? Refusal("InternalError", 500, "We encountered an internal error. Please try again.")
    }

    /// About keys, tokens and signatures.
    private var credentialRefusal: Refusal? {
        switch reason {
        case .missingToken: Refusal("AccessDenied", 403, "Access Denied")
        case .unknownKey(let key), .inactiveKey(let key), .missingSessionToken(let key):
            Refusal(
                "InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.",
                [.init("AWSAccessKeyId", key)])
        case .badToken: Refusal("InvalidToken", 400, "The provided token is malformed or otherwise invalid.")
        case .expiredToken: Refusal("ExpiredToken", 400, "The provided token has expired.")
        case .mismatch(let mismatch): mismatch.s3Refusal
        case .hostNotSigned: Refusal.s3HeadersNotSigned(["host"])
        case .headersNotSigned(let headers): Refusal.s3HeadersNotSigned(headers)
        default: nil
        }
    }

    /// About the form of header, query and payload hash.
    private func formRefusal(for service: SigningService) -> Refusal? {
        switch reason {
        case .twoMechanisms(let authorization):
            return Refusal(
                "InvalidArgument", 400,
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
                    + "parameter or the Authorization header should be specified",
                [.init("ArgumentName", "Authorization"), .init("ArgumentValue", authorization)])
        case .unsupportedAlgorithm:
            return Refusal(
                "InvalidRequest", 400,
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
        case .unsupportedAuthorization(let authorization):
            return Refusal(
                "InvalidArgument", 400, "Unsupported Authorization Type",
                [.init("ArgumentName", "Authorization"), .init("ArgumentValue", authorization)])
        case .duplicateHeader(let name):
            return Refusal("InvalidRequest", 400, "The header '\(name)' must not be repeated.")
        case .missingFormField(let name):
            return Refusal(
                "InvalidArgument", 400,
                "Bucket POST must contain a field named '\(name)'.  If it is specified, please check the order of the "
                    + "fields.", [.init("ArgumentName", name), .init("ArgumentValue", "")])
        case .missingContentHash:
            return Refusal("InvalidRequest", 400, "Missing required header for this request: x-amz-content-sha256")
        case .malformedContentHash(let value):
            return Refusal(
                "InvalidArgument", 400,
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                    + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, or a valid "
                    + "sha256 value.",
                [.init("ArgumentName", "x-amz-content-sha256"), .init("ArgumentValue", value)])
        case .incomplete(let parts) where method == .header && parts.date && !parts.credential:
            return Refusal("AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header")
        case .incomplete: return malformed(MissingParts.s3Message(for: method))
        case .incompleteVersion2:
            return Refusal(
                "AccessDenied", 403,
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
        case .malformedCredential:
            return malformed(
                credentialPrefix
                    + "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
        case .wrongScope(let problems): return problems.first.map { scopeRefusal($0, service) }
        default: return nil
        }
    }

    /// About when a request was signed.
    private var timeRefusal: Refusal? {
        switch reason {
        case .malformedDate where method != .header:
            return malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
        case .malformedDate:
            return Refusal("AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header")
        case .malformedLifetime(.notANumber): return malformed("X-Amz-Expires should be a number")
        case .malformedLifetime(.negative): return malformed("X-Amz-Expires must be non-negative")
        case .malformedLifetime(.tooLong):
            return malformed(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
                    + "than 604800 seconds")
        case .skewed(_, _, _) where method != .header: return Refusal("AccessDenied", 403, "Request is not yet valid")
        case .skewed(let signed, let now, let allowed):
            return Refusal(
                "RequestTimeTooSkewed", 403,
                "The difference between the request time and the current time is too large.",
                [
                    .init("RequestTime", signed.basic), .init("ServerTime", now.iso8601),
                    .init("MaxAllowedSkewMilliseconds", String(allowed)),
                ])
        case .presignedExpired(let signed, let lifetime, let now):
            let end = Instant(milliseconds: signed.milliseconds + lifetime * 1000)
            return Refusal(
                "AccessDenied", 403, "Request has expired",
                [
                    .init("X-Amz-Expires", String(lifetime)), .init("Expires", end.iso8601),
                    .init("ServerTime", now.iso8601),
                ])
        case .malformedExpiry(let text):
            return Refusal("AccessDenied", 403, "Invalid date (should be seconds since epoch): \(text)")
        case .version2Expired(let end, let now):
            return Refusal(
                "AccessDenied", 403, "Request has expired",
                [.init("Expires", end.iso8601), .init("ServerTime", now.iso8601)])
        default: return nil
        }
    }

    private func scopeRefusal(_ problem: ScopeProblem, _ service: SigningService) -> Refusal {
        switch problem {
        case .date(let scope, _):
            return malformed(
                credentialPrefix
                    + (scope.utf8.count == 8
                        ? "Invalid credential date. Date is not the same as X-Amz-Date."
                        : "Invalid credential date \"\(scope)\". This date is not in the same format as \"yyyyMMdd\"."))
        case .region(let region):
            return malformed(
                credentialPrefix + "the region '\(region)' is wrong; expecting '\(service.region)'",
                [.init("Region", service.region)])
        case .service(let name):
            return malformed(
                credentialPrefix + "incorrect service \"\(name)\". This endpoint belongs to \"\(service.name)\".")
        case .terminator(let terminator):
            return malformed(
                credentialPrefix + "incorrect terminator \"\(terminator)\". This endpoint uses \"aws4_request\".")
        }
    }

    private func malformed(_ message: String, _ details: [Refusal.Detail] = []) -> Refusal {
        method != .header
            ? Refusal("AuthorizationQueryParametersError", 400, message, details)
            : Refusal("AuthorizationHeaderMalformed", 400, message, details)
    }

    private var credentialPrefix: String {
        method != .header ? "Error parsing the X-Amz-Credential parameter; " : "The authorization header is malformed; "
    }
}

extension Refusal {
    fileprivate static func s3HeadersNotSigned(_ headers: [String]) -> Refusal {
        Refusal(
            "AccessDenied", 403, "There were headers present in the request which were not signed",
            [.init("HeadersNotSigned", headers.joined(separator: ", "))])
    }
}

extension MissingParts {
    fileprivate static func s3Message(for method: Caller.Method) -> String {
        method == .query
            ? "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
                + "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
            : "The authorization header is malformed; the authorization header requires three components: Credential, "
                + "SignedHeaders, and Signature."
    }
}

extension SignatureMismatch {
    var s3Refusal: Refusal {
        var details: [Refusal.Detail] = [
            .init("AWSAccessKeyId", accessKeyID),
            .init("StringToSign", String(decoding: stringToSign, as: UTF8.self)),
            .init("SignatureProvided", provided),
            .init("StringToSignBytes", SignatureMismatch.spaced(stringToSign)),
        ]
        if let canonicalRequest {
            details.append(.init("CanonicalRequest", String(decoding: canonicalRequest, as: UTF8.self)))
            details.append(.init("CanonicalRequestBytes", SignatureMismatch.spaced(canonicalRequest)))
        }
        return Refusal(
            "SignatureDoesNotMatch", 403,
            "The request signature we calculated does not match the signature you provided. Check your key and signing "
                + "method.", details)
    }

    /// `41 57 53 …`.
    private static func spaced(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 3)
        for byte in bytes {
            if !text.isEmpty { text.append(0x20) }
            Hexadecimal.append(byte, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
