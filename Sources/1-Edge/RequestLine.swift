import World

/// `method SP target SP version CRLF`, with single spaces only.
/// - Source: RFC 9112, 3.
enum RequestLine {
    /// Returns the position after the line.
    static func parse(
        _ bytes: Span<UInt8>, into head: inout ParsedHead, _ takesTunnels: Bool
    ) throws(Refusal) -> Int {
        var index = 0
        while index < bytes.count, HeadSyntax.isToken(bytes[index]) { index += 1 }
        guard index > 0, index < bytes.count, bytes[index] == HeadSyntax.space else { throw .malformedHead }
        head.method = 0..<index
        let start = index + 1
        index = start
        while index < bytes.count, HeadSyntax.isTarget(bytes[index]) { index += 1 }
        guard index > start, index < bytes.count, bytes[index] == HeadSyntax.space else { throw .malformedHead }
        head.target = start..<index
        head.isHTTP11 = try version(bytes, at: index + 1)
        head.isHead = isMethod(bytes, head.method, "HEAD")
        head.isConnect = isMethod(bytes, head.method, "CONNECT")
        guard !head.isConnect || takesTunnels else { throw .unsupportedMethod }
        if !head.isConnect { try checkForm(bytes, head) }
        return index + 11
    }

    /// True for 1.1, false for 1.0. `HTTP/1.1` and its line end take ten bytes.
    private static func version(_ bytes: Span<UInt8>, at start: Int) throws(Refusal) -> Bool {
        guard start + 10 <= bytes.count, bytes[start + 8] == HeadSyntax.carriageReturn,
            bytes[start + 9] == HeadSyntax.lineFeed
        else { throw .malformedHead }
        guard bytes.extracting(start..<start + 5).isExactly("HTTP/") else { throw .malformedHead }
        let (major, minor) = (bytes[start + 5], bytes[start + 7])
        guard bytes[start + 6] == UInt8(ascii: "."), (0x30...0x39).contains(major), (0x30...0x39).contains(minor) else {
            throw .malformedHead
        }
        guard major == UInt8(ascii: "1"), minor <= UInt8(ascii: "1") else { throw .unsupportedVersion }
        return minor == UInt8(ascii: "1")
    }

    /// Origin form, absolute form, or `*` for OPTIONS. CONNECT has a form of its own.
    private static func checkForm(_ bytes: Span<UInt8>, _ head: ParsedHead) throws(Refusal) {
        let target = head.target
        switch bytes[target.lowerBound] {
        case UInt8(ascii: "/"): return
        case UInt8(ascii: "*"):
            guard target.count == 1, isMethod(bytes, head.method, "OPTIONS") else { throw .malformedHead }
        default:
            guard isAbsolute(bytes, target, scheme: "http://") || isAbsolute(bytes, target, scheme: "https://") else {
                throw .malformedHead
            }
        }
    }

    private static func isAbsolute(_ bytes: Span<UInt8>, _ target: Range<Int>, scheme: StaticString) -> Bool {
        let end = target.lowerBound + scheme.utf8CodeUnitCount
        guard end < target.upperBound, bytes[end] != UInt8(ascii: "/") else { return false }
        return HeadSyntax.matches(bytes, target.lowerBound..<end, scheme)
    }

    /// Methods are compared with case (RFC 9110, 9.1).
    private static func isMethod(_ bytes: Span<UInt8>, _ range: Range<Int>, _ name: StaticString) -> Bool {
        bytes.extracting(range).isExactly(name)
    }
}
