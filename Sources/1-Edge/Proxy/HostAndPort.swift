/// A host with the port behind it, as requests name them. The host is in lower case.
///
/// Only what a name of DNS or an address can hold is taken, so that whoever compares hosts, or makes certificates for them,
/// meets no other characters, no user before an `@`, and no name that two readers could understand differently.
/// - Source: RFC 3986, 3.2; RFC 1123, 2.1.
public struct HostAndPort: Equatable, Sendable {
    /// A name, or an address; of IPv6 with its brackets.
    public let host: String
    /// Nil where none is named.
    public let port: UInt16?

    /// Nil where the bytes are anything else.
    public init?(_ bytes: ArraySlice<UInt8>) {
        let isLiteral = bytes.first == UInt8(ascii: "[")
        let colon = isLiteral ? HostAndPort.afterLiteral(bytes) : bytes.firstIndex(of: UInt8(ascii: ":"))
        guard let colon = colon ?? (isLiteral ? nil : bytes.endIndex) else { return nil }
        let name = bytes[..<colon]
        guard isLiteral || HostAndPort.isName(name) else { return nil }
        if colon < bytes.endIndex {
            guard let port = HostAndPort.port(bytes[(colon + 1)...]) else { return nil }
            self.port = port
        } else {
            port = nil
        }
        host = String(decoding: name.map(HeadSyntax.lower), as: UTF8.self)
    }

    /// Where the port begins behind `[…]`, or the end; nil where there is no IPv6 literal.
    private static func afterLiteral(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "]")), bytes[..<end].count > 2 else { return nil }
        for byte in bytes[..<end].dropFirst() {
            switch HeadSyntax.lower(byte) {
            case 0x30...0x39, UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: ":"), UInt8(ascii: "."): continue
            default: return nil
            }
        }
        let next = end + 1
        return next == bytes.endIndex || bytes[next] == UInt8(ascii: ":") ? next : nil
    }

    /// Labels of letters, digits and hyphens, 63 at most in each and 253 in all; no dot at the end.
    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= 253 else { return false }
        var length = 0
        for byte in bytes {
            switch HeadSyntax.lower(byte) {
            case UInt8(ascii: "."):
                guard length > 0 else { return false }
                length = 0
            case 0x30...0x39, UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
                length += 1
                guard length <= 63 else { return false }
            default: return false
            }
        }
        return length > 0
    }

    /// One to five digits, no zero before others.
    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...5).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for byte in digits {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        return UInt16(exactly: number)
    }
}
