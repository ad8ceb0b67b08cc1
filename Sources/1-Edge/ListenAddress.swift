import CSystem

/// Where to listen: an IP literal and a port, `127.0.0.1:4566`, `[::1]:0`, `0.0.0.0:80`. Port 0 lets the kernel pick.
///
/// `[::]` takes IPv4 too. `localhost` is 127.0.0.1 and `*` is `[::]`; other names are refused, since what they resolve
/// to is not ours to decide.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    public var port: UInt16

    /// An address that cannot be understood, with what would be.
    public struct Malformed: Error, CustomStringConvertible {
        public let text: String
        public let reason: String
        public var description: String {
            "cannot listen on \"\(text)\": \(reason); write 127.0.0.1:4566, [::1]:4566, 0.0.0.0:4566 or [::]:4566"
        }
    }

    public init(host: String, port: UInt16) { (self.host, self.port) = (host, port) }

    public init(_ text: String) throws(Malformed) {
        guard let colon = text.lastIndex(of: ":") else { throw Malformed(text: text, reason: "the port is missing") }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else {
            throw Malformed(text: text, reason: "the port is not a number from 0 to 65535")
        }
        self.init(host: try ListenAddress.host(text[..<colon], of: text), port: port)
    }

    private static func host(_ part: Substring, of text: String) throws(Malformed) -> String {
        if part == "localhost" { return "127.0.0.1" }
        if part == "*" { return "::" }
        if part.hasPrefix("["), part.hasSuffix("]") {
            let inner = String(part.dropFirst().dropLast())
            guard gh_address_kind(inner) == 2 else { throw Malformed(text: text, reason: "that is no IPv6 address") }
            return inner
        }
        switch gh_address_kind(String(part)) {
        case 1: return String(part)
        case 2: throw Malformed(text: text, reason: "an IPv6 address stands in brackets")
        default: throw Malformed(text: text, reason: "the host is no IP address")
        }
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
