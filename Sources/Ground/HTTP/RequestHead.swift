/// A request's line and header as they came over the connection: bytes, in their order, nothing normalised.
///
/// Names and values can hold bytes that are not UTF-8; whoever signs or compares uses bytes.
public final class RequestHead: Sendable {
    /// One header line. Ranges index `raw`; the value is without surrounding blanks.
    public struct Field: Sendable {
        public let name: Range<Int>
        public let value: Range<Int>
        public init(name: Range<Int>, value: Range<Int>) { (self.name, self.value) = (name, value) }
    }

    public let raw: [UInt8]
    public let method: Range<Int>
    /// The request target as sent: path and query in origin form, or a whole URI in absolute form.
    public let target: Range<Int>
    public let fields: [Field]
    /// False for HTTP/1.0.
    public let isHTTP11: Bool
    public let connection: ConnectionFacts

    public init(
        raw: [UInt8], method: Range<Int>, target: Range<Int>, fields: [Field], isHTTP11: Bool,
        connection: ConnectionFacts
    ) {
        (self.raw, self.method, self.target, self.fields) = (raw, method, target, fields)
        (self.isHTTP11, self.connection) = (isHTTP11, connection)
    }

    /// The value of the only header of that name (compared without case). Nil where there is none or more than one.
    public func only(_ name: StaticString) -> Range<Int>? {
        var found: Range<Int>?
        for field in fields where matches(field.name, name) {
            if found != nil { return nil }
            found = field.value
        }
        return found
    }

    /// The first value of that name, as text; bytes that are not UTF-8 are replaced.
    public func text(_ name: StaticString) -> String? {
        for field in fields where matches(field.name, name) { return text(field.value) }
        return nil
    }

    public func count(of name: StaticString) -> Int {
        fields.reduce(0) { matches($1.name, name) ? $0 + 1 : $0 }
    }

    public func text(_ range: Range<Int>) -> String { String(decoding: raw[range], as: UTF8.self) }
    public func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> { raw[range] }

    /// Whether the bytes of `range` are `name`, ASCII letters compared without case.
    @inline(__always) public func matches(_ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        let raw = raw
        return RequestHead.isSame(raw.span, range.lowerBound, name)
    }

    /// Whether `name` stands at `start`.
    private static func isSame(_ bytes: Span<UInt8>, _ start: Int, _ name: StaticString) -> Bool {
        name.withUTF8Buffer { expected in
            for offset in 0..<expected.count {
                let (byte, wanted) = (bytes[start + offset], unsafe expected[offset])
                if byte != wanted, RequestHead.lower(byte) != RequestHead.lower(wanted) { return false }
            }
            return true
        }
    }

    @inline(__always) private static func lower(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}

/// What is known of the connection a request came over.
public struct ConnectionFacts: Sendable {
    /// The peer's address without port, IPv4-mapped IPv6 shown as IPv4.
    public let peerAddress: String
    public let isLoopback: Bool
    public let localPort: UInt16
    /// Nil on plain HTTP.
    public let tls: TLSFacts?

    public init(peerAddress: String, isLoopback: Bool, localPort: UInt16, tls: TLSFacts?) {
        (self.peerAddress, self.isLoopback, self.localPort, self.tls) = (peerAddress, isLoopback, localPort, tls)
    }

    /// The peer's address as far as it is one customer's: a /64 of IPv6.
    public var customerAddress: String {
        guard peerAddress.contains(":") else { return peerAddress }
        var groups = peerAddress.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        // `::` stands for as many zeros as are missing.
        if let gap = groups.firstIndex(of: "") {
            groups.replaceSubrange(gap...gap, with: Array(repeating: "0", count: max(1, 9 - groups.count)))
        }
        return groups.prefix(4).map { $0.isEmpty ? "0" : $0 }.joined(separator: ":")
    }
}

/// - `version`: as CloudTrail prints it, `TLSv1.3`.
public struct TLSFacts: Sendable {
    public let version: String
    public let cipherSuite: String
    public init(version: String, cipherSuite: String) { (self.version, self.cipherSuite) = (version, cipherSuite) }
}
