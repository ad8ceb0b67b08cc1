import Crypto
import Formats
import World

/// The wording of services other than S3: XML and JSON services differ in names and statuses, not in words.
/// - Source: IAM API Reference, "Common Errors"; IAM User Guide, "Troubleshoot Signature Version 4 signing".
extension AuthenticationFailure {
    func serviceRefusal(for service: SigningService) -> Refusal {
        let names = ServiceErrorNames(service)
        switch reason {
        case .missingToken: return names.missingToken
        case .unknownKey, .inactiveKey, .missingSessionToken, .badToken: return names.unknownKey
        case .expiredToken: return names.expiredToken
        case .unavailable:
            return Refusal("InternalFailure", 500, "The request processing has failed because of an unknown error.")
        case .mismatch(let mismatch): return names.badSignature(names.mismatchMessage(mismatch))
        case .wrongScope(let problems):
            return names.badSignature(problems.map { $0.message(for: service) }.joined(separator: " "))
        case .hostNotSigned:
            return names.badSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
        case .headersNotSigned(let headers):
            let listed = headers.map { "'\($0)'" }.joined(separator: ", ")
            return names.badSignature("\(listed) must be a 'SignedHeader' in the AWS Authorization.")
        case .skewed(let signed, let now, let allowed): return names.badSignature(skewMessage(signed, now, allowed))
        case .presignedExpired(let signed, let lifetime, let now):
            return names.badSignature(skewMessage(signed, now, lifetime * 1000))
        default: return names.incomplete(incompleteMessage)
        }
    }

    private func skewMessage(_ signed: Instant, _ now: Instant, _ allowed: Int64) -> String {
        let window = allowed % 60_000 == 0 ? "\(allowed / 60_000) min." : "\(allowed / 1000) sec."
        let behind = Instant(milliseconds: now.milliseconds - allowed)
        let ahead = Instant(milliseconds: now.milliseconds + allowed)
        if signed < now {
            return "Signature expired: \(signed.basic) is now earlier than \(behind.basic) (\(now.basic) - \(window))"
        }
        return
            "Signature not yet current: \(signed.basic) is still later than \(ahead.basic) (\(now.basic) + \(window))"
    }

    private var incompleteMessage: String {
        switch reason {
        case .incomplete(let parts): parts.message(for: method)
        case .malformedCredential(let credential):
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
                + "got '\(credential)'"
        case .malformedDate(let date): "Date must be in ISO-8601 'basic format'. Got '\(date)'."
        case .malformedLifetime(.notANumber): "X-Amz-Expires should be a number"
        case .malformedLifetime(.negative): "X-Amz-Expires must be non-negative"
        case .malformedLifetime(.tooLong): "X-Amz-Expires must be less than a week in seconds (604800)"
        case .unsupportedAlgorithm(let algorithm): "Unsupported AWS 'algorithm': '\(algorithm)'."
        case .unsupportedAuthorization: MissingParts.all.message(for: method)
        case .duplicateHeader(let name): "The header '\(name)' must not be repeated."
        case .twoMechanisms:
            "Only one of the Authorization header and the X-Amz-Signature query parameter may be given."
        default: "The request signature does not conform to AWS standards."
        }
    }
}

/// Codes and statuses of one service.
private struct ServiceErrorNames {
    let service: SigningService
    let isXML: Bool
    /// JSON 1.x services answer 400 to whatever is the client's fault.
    let status: Int

    init(_ service: SigningService) {
        self.service = service
        isXML = service.family == .query
        status = service.family == .json ? 400 : 403
    }

    var missingToken: Refusal {
        isXML
            ? Refusal("MissingAuthenticationToken", status, "Request is missing Authentication Token")
            : Refusal("MissingAuthenticationTokenException", status, "Missing Authentication Token")
    }

    var unknownKey: Refusal {
        Refusal(service.unknownKeyCode, status, "The security token included in the request is invalid.")
    }

    var expiredToken: Refusal {
        Refusal(
            isXML ? "ExpiredToken" : "ExpiredTokenException", status,
            "The security token included in the request is expired")
    }

    func badSignature(_ message: String) -> Refusal {
        Refusal(isXML ? "SignatureDoesNotMatch" : "InvalidSignatureException", status, message)
    }

    func incomplete(_ message: String) -> Refusal {
        Refusal(
            isXML ? "IncompleteSignature" : "IncompleteSignatureException", service.family == .restJSON ? 403 : 400,
            message)
    }

    /// XML and REST services show what they calculated; the others only that it differs.
    func mismatchMessage(_ mismatch: SignatureMismatch) -> String {
        let message =
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            + "Access Key and signing method. Consult the service documentation for details."
        guard service.family != .json else { return message }
        let canonical = String(decoding: mismatch.canonicalRequest ?? [], as: UTF8.self)
        let toSign = String(decoding: mismatch.stringToSign, as: UTF8.self)
        return message + "\n\nThe Canonical String for this request should have been\n'\(canonical)'\n\n"
            + "The String-to-Sign should have been\n'\(toSign)'\n"
    }
}

extension MissingParts {
    /// An `Authorization` header of which nothing could be used.
    static let all = {
        var parts = MissingParts()
        (parts.credential, parts.signature, parts.signedHeaders) = (true, true, true)
        return parts
    }()

    fileprivate func message(for method: Caller.Method) -> String {
        let place = method == .query ? "AWS query-string parameters must include" : "Authorization header requires"
        func need(_ name: String) -> String {
            method == .query ? "\(place) 'X-Amz-\(name)'." : "\(place) '\(name)' parameter."
        }
        var sentences: [String] = []
        if algorithm { sentences.append(need("Algorithm")) }
        if credential { sentences.append(need("Credential")) }
        if signature { sentences.append(need("Signature")) }
        if signedHeaders { sentences.append(need("SignedHeaders")) }
        if date {
            sentences.append(
                method == .query
                    ? need("Date") : "\(place) existence of either a 'X-Amz-Date' or a 'Date' header.")
        }
        if lifetime { sentences.append(need("Expires")) }
        guard method == .header else { return sentences.joined(separator: " ") }
        let hash = Base64.encode(SHA256.hash(authorization))
        return sentences.joined(separator: " ") + " (Hashed with SHA-256 and encoded with Base64) Authorization=\(hash)"
    }
}

extension ScopeProblem {
    fileprivate func message(for service: SigningService) -> String {
        switch self {
        case .date(let scope, let request):
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                + "'\(scope)' != '\(request.prefix(8))', from '\(request)'."
        case .region(let region): "Credential should be scoped to a valid region, not '\(region)'."
        case .service: "Credential should be scoped to correct service: '\(service.name)'."
        case .terminator(let terminator):
            "Credential should be scoped with a valid terminator: 'aws4_request', not '\(terminator)'."
        }
    }
}
