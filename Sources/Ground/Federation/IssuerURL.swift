/// The URL of an OpenID Connect provider, which is also what its tokens call their issuer.
///
/// `https`, a host name, perhaps a port, a path; no user, query or fragment. A provider on this machine may speak `http`:
/// its packets leave the machine as little as ours.
/// - Source: IAM API Reference, "CreateOpenIDConnectProvider": Url; OpenID Connect Discovery 1.0, section 3.
public struct IssuerURL: Hashable, Sendable, CustomStringConvertible {
    /// As written.
    public let description: String
    /// Host, port and path: the provider's name in its ARN and the prefix of its condition keys.
    public let name: String
    public let host: String
    /// Whether the host is this machine, by its name or address.
    public let isLoopback: Bool

    /// Nil where it is no URL of an issuer.
    public init?(_ text: String) {
        let isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://"), text.utf8.count <= 255 else { return nil }
        name = String(text.dropFirst(isSecure ? 8 : 7))
        let authority = name.prefix { $0 != "/" }
        guard let (host, port) = IssuerURL.parts(authority), name.utf8.allSatisfy(IssuerURL.isPlain) else { return nil }
        if let port { guard (1...65_535).contains(port) else { return nil } }
        let path = name.dropFirst(authority.count)
        // What a client would resolve away makes two texts of one place.
        guard !path.contains("//"), !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else {
            return nil
        }
        isLoopback = IssuerURL.isLoopback(host)
        guard isSecure || isLoopback else { return nil }
        (self.host, description) = (host, text)
    }

    /// The same without the port that `https` has anyway.
    public var withoutUsualPort: IssuerURL {
        let (scheme, port) = ("https://", ":443")
        let authority = name.prefix { $0 != "/" }
        guard description.hasPrefix(scheme), authority.hasSuffix(port) else { return self }
        return IssuerURL("\(scheme)\(authority.dropLast(port.count))\(name.dropFirst(authority.count))") ?? self
    }

    /// Where the provider describes itself.
    /// - Source: OpenID Connect Discovery 1.0, section 4.
    var discovery: String {
        (description.hasSuffix("/") ? String(description.dropLast()) : description)
            + "/.well-known/openid-configuration"
    }

    private static func parts(_ authority: Substring) -> (host: String, port: Int?)? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":"), let port = port(rest.dropFirst()) else { return nil }
            return (String(authority[...end]), port.number)
        }
        let host = authority.prefix { $0 != ":" }
        guard !host.isEmpty, host.utf8.allSatisfy(isOfHost), !host.hasPrefix("."), !host.contains(".."),
            let port = port(authority.dropFirst(host.count + 1))
        else { return nil }
        return (String(host), port.number)
    }

    private struct Port { let number: Int? }

    private static func port(_ text: Substring) -> Port? {
        if text.isEmpty { return Port(number: nil) }
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Port(number: Int(text))
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Letters, digits and what a path may hold; neither `?` nor `#` nor `@`, nor an escape.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~/:[]!$&'()+,;=".utf8.contains(byte)
        }
    }

    static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}
