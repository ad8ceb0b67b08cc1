import HTTP
import World

/// Reads `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
enum AuthorizationHeader {
    static func read(_ value: ArraySlice<UInt8>, _ scan: HeaderScan, _ head: RequestHead) throws(AuthenticationFailure)
        -> SignatureClaim
    {
        try checkAlgorithm(value)
        let parts = Parts(value.span, from: SignatureClaim.algorithm.count)
        var missing = MissingParts()
        missing.credential = parts.credential == nil
        missing.signedHeaders = parts.signedHeaders == nil
        missing.signature = parts.signature == nil
        missing.date = scan.amzDate == nil && scan.date == nil
        guard let credentialRange = parts.credential, let signedHeaders = parts.signedHeaders,
            let signature = parts.signature, missing.isEmpty
        else {
            missing.authorization = Array(value)
            throw AuthenticationFailure(.incomplete(missing), .header)
        }
        func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
            value[value.startIndex + range.lowerBound..<value.startIndex + range.upperBound]
        }
        let credentialText = slice(credentialRange)
        guard let credential = CredentialScope(credentialText) else {
            throw AuthenticationFailure(.malformedCredential(String(decoding: credentialText, as: UTF8.self)), .header)
        }
        let (time, instant) = try date(scan, head)
        return SignatureClaim(
            method: .header, credential: credential, signedHeaders: slice(signedHeaders), signature: slice(signature),
            time: time, instant: instant, lifetime: nil, sessionToken: scan.token.map { Array(head.raw[$0]) })
    }

    private static func checkAlgorithm(_ value: ArraySlice<UInt8>) throws(AuthenticationFailure) {
        let (bytes, count) = (value.span, SignatureClaim.algorithm.count)
        if bytes.count == count || bytes.count > count && CanonicalHeaders.isBlank(bytes[count]),
            bytes.extracting(0..<count).isExactly("AWS4-HMAC-SHA256")
        {
            return
        }
        let name = String(decoding: value.prefix { !CanonicalHeaders.isBlank($0) }, as: UTF8.self)
        if name == "AWS" || name.hasPrefix("AWS4-") {
            throw AuthenticationFailure(.unsupportedAlgorithm(name), .header)
        }
        throw AuthenticationFailure(.unsupportedAuthorization(String(decoding: value, as: UTF8.self)), .header)
    }

    /// `X-Amz-Date` in the basic format, or else `Date`, which may also be an HTTP date.
    private static func date(_ scan: HeaderScan, _ head: RequestHead) throws(AuthenticationFailure) -> (
        ArraySlice<UInt8>, Instant
    ) {
        guard let range = scan.amzDate ?? scan.date else { throw AuthenticationFailure(.malformedDate(""), .header) }
        let bytes = head.raw[range]
        if let instant = Instant(basicBytes: bytes.span) { return (bytes, instant) }
        let text = String(decoding: bytes, as: UTF8.self)
        if scan.amzDate == nil, let instant = Instant(httpDate: text) {
            return (Array(instant.basic.utf8)[...], instant)
        }
        throw AuthenticationFailure(.malformedDate(text), .header)
    }

    /// The places of the three parts, each nil where it is missing, empty or given twice.
    private struct Parts {
        var credential: Range<Int>?
        var signedHeaders: Range<Int>?
        var signature: Range<Int>?

        /// Reads what follows `start`.
        init(_ bytes: Span<UInt8>, from start: Int) {
            var start = start
            while start < bytes.count {
                let end = bytes.firstIndex(of: UInt8(ascii: ","), in: start..<bytes.count) ?? bytes.count
                read(Parts.trim(bytes, start..<end), of: bytes)
                start = end + 1
            }
            if credential?.isEmpty == true { credential = nil }
            if signedHeaders?.isEmpty == true { signedHeaders = nil }
            if signature?.isEmpty == true { signature = nil }
        }

        private mutating func read(_ part: Range<Int>, of bytes: Span<UInt8>) {
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "="), in: part), equals + 1 < part.upperBound else {
                return
            }
            let name = bytes.extracting(part.lowerBound..<equals)
            let text = equals + 1..<part.upperBound
            if name.isExactly("Credential") {
                credential = credential == nil ? text : 0..<0
            } else if name.isExactly("SignedHeaders") {
                signedHeaders = signedHeaders == nil ? text : 0..<0
            } else if name.isExactly("Signature") {
                signature = signature == nil ? text : 0..<0
            }
        }

        private static func trim(_ bytes: Span<UInt8>, _ part: Range<Int>) -> Range<Int> {
            var (start, end) = (part.lowerBound, part.upperBound)
            while start < end, CanonicalHeaders.isBlank(bytes[start]) { start += 1 }
            while end > start, CanonicalHeaders.isBlank(bytes[end - 1]) { end -= 1 }
            return start..<end
        }
    }
}
