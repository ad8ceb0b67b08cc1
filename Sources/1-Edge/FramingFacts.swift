import HTTP

/// Gathers the few fields that decide where a message ends and whether the connection goes on.
/// - Source: RFC 9112, 3.2, 6.1 to 6.3 and 9.3; RFC 9110, 10.1.1.
struct FramingFacts {
    private var hosts = 0
    private var length: Int64?
    private var isChunked = false
    private var asksClose = false
    private var expectsContinue = false
    private var expectsOther = false

    mutating func take(_ field: RequestHead.Field, in bytes: Span<UInt8>) throws(Refusal) {
        switch field.name.count {
        case 4 where HeadSyntax.matches(bytes, field.name, "host"): try takeHost(field.value, in: bytes)
        case 6 where HeadSyntax.matches(bytes, field.name, "expect"):
            if HeadSyntax.matches(bytes, field.value, "100-continue") {
                expectsContinue = true
            } else {
                expectsOther = true
            }
        case 10 where HeadSyntax.matches(bytes, field.name, "connection"): takeConnection(field.value, in: bytes)
        case 14 where HeadSyntax.matches(bytes, field.name, "content-length"): try takeLength(field.value, in: bytes)
        case 17 where HeadSyntax.matches(bytes, field.name, "transfer-encoding"):
            guard !isChunked, HeadSyntax.matches(bytes, field.value, "chunked") else { throw .malformedHead }
            isChunked = true
        default: break
        }
    }

    private mutating func takeHost(_ value: Range<Int>, in bytes: Span<UInt8>) throws(Refusal) {
        hosts += 1
        guard hosts == 1 else { throw .malformedHead }
        for index in value where !HeadSyntax.isHost(bytes[index]) { throw .malformedHead }
    }

    /// Even equal repetitions are refused: no client of ours sends them, and a proxy may have joined or dropped one.
    private mutating func takeLength(_ value: Range<Int>, in bytes: Span<UInt8>) throws(Refusal) {
        guard length == nil, (1...18).contains(value.count) else { throw .malformedHead }
        var number: Int64 = 0
        for index in value {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .malformedHead }
            number = number * 10 + Int64(digit)
        }
        length = number
    }

    private mutating func takeConnection(_ value: Range<Int>, in bytes: Span<UInt8>) {
        var start = value.lowerBound
        for index in value.lowerBound...value.upperBound {
            guard index == value.upperBound || bytes[index] == UInt8(ascii: ",") else { continue }
            if HeadSyntax.matches(bytes, HeadSyntax.trimmed(bytes, start..<index), "close") { asksClose = true }
            start = index + 1
        }
    }

    /// What follows from all fields together.
    func settle(_ head: inout ParsedHead) throws(Refusal) {
        if isChunked, length != nil || !head.isHTTP11 { throw .malformedHead }
        if head.isHTTP11 {
            guard hosts == 1 else { throw .malformedHead }
            if expectsOther { throw .unmetExpectation }
        }
        if isChunked {
            head.framing = .chunked
        } else if let length, length > 0 {
            head.framing = .length(length)
        }
        head.keepsAlive = head.isHTTP11 && !asksClose
        // Also where there is no body: a client that asked and got a final answer at once takes the connection for one on
        // which nothing more may be sent (botocore), so it hears 100 first, or the connection is closed.
        head.expectsContinue = head.isHTTP11 && expectsContinue
    }
}
