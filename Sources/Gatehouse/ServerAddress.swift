/// Where a server is: `http://HOST:PORT` or `https://HOST:PORT`.
struct ServerAddress {
    let isSecure: Bool
    let host: String
    let port: String

    /// What follows the port is passed over.
    init(_ url: String) throws {
        let schemes = [("https://", true), ("http://", false)]
        guard let (scheme, isSecure) = schemes.first(where: { url.hasPrefix($0.0) }) else {
            throw SetupError("\(url) is no http:// or https:// address")
        }
        self.isSecure = isSecure
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" }
        let colon = authority.lastIndex(of: ":").flatMap { authority[$0...].contains("]") ? nil : $0 }
        let name = authority[..<(colon ?? authority.endIndex)]
        host = String(name.hasPrefix("[") && name.hasSuffix("]") ? name.dropFirst().dropLast() : name)
        port = colon.map { String(authority[authority.index(after: $0)...]) } ?? (isSecure ? "443" : "80")
    }

    /// As the header `Host` has it.
    var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":" + port }
    /// For messages.
    var url: String { (isSecure ? "https://" : "http://") + authority }
}
