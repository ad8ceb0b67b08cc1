import HTTP
import World

/// The metadata service of one instance: Version 2, which wants a token that only a PUT gets, and where it was asked
/// for, Version 1.
///
/// - Source: EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
final class MetadataService: Sendable {
    private let link: InstanceLink
    private let tokens: MetadataTokens
    private let allowsVersion1: Bool
    private let log: Log

    init(_ link: InstanceLink, allowsVersion1: Bool, _ clock: any Clock, log: Log) {
        (self.link, self.allowsVersion1, self.log) = (link, allowsVersion1, log)
        tokens = MetadataTokens(clock)
    }

    func answer(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        // A page in a browser on this machine may have a name of its own that resolves to here.
        guard MetadataService.isOwnHost(head.text("host")) else { return MetadataService.plain(403, "Forbidden") }
        let path = head.text(head.target).prefix { $0 != "?" }
        switch head.text(head.method) {
        case "PUT": return path == "/latest/api/token" ? token(head) : MetadataService.plain(404, "Not Found")
        case "GET", "HEAD": return await get(path, head)
        default: return MetadataService.plain(405, "Method Not Allowed")
        }
    }

    /// Applications ask by address, or by the machine's own name for itself.
    private static func isOwnHost(_ host: String?) -> Bool {
        guard let host else { return false }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" }.dropFirst() : host.prefix { $0 != ":" }
        return name == "localhost" || name == "::1" || name == "169.254.169.254"
            || name.hasPrefix("127.") && name.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    }

    /// A request that came through a proxy is none of the application's.
    private func token(_ head: RequestHead) -> Response {
        guard head.count(of: "x-forwarded-for") == 0 else { return MetadataService.plain(403, "Forbidden") }
        guard let text = head.text("x-aws-ec2-metadata-token-ttl-seconds"), let seconds = Int(text),
            MetadataTokens.lifetimes.contains(seconds)
        else { return MetadataService.plain(400, "Bad Request") }
        guard let token = tokens.issue(seconds: seconds) else {
            return MetadataService.plain(503, "Service Unavailable")
        }
        var response = MetadataService.plain(200, token)
        response.header.add("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", String(seconds))
        return response
    }

    private func get(_ path: Substring, _ head: RequestHead) async -> Response {
        let version: String
        if let token = head.text("x-aws-ec2-metadata-token") {
            guard tokens.isGood(token) else { return MetadataService.plain(401, "Unauthorized") }
            version = "2.0"
        } else {
            guard allowsVersion1 else { return MetadataService.plain(401, "Unauthorized") }
            version = "1.0"
        }
        if path == "/" { return MetadataService.plain(200, "latest") }
        guard path == "/latest" || path.hasPrefix("/latest/") else { return MetadataService.plain(404, "Not Found") }
        let words = path.dropFirst("/latest".count).split(separator: "/").joined(separator: "/")
        do {
            guard let text = try await MetadataTree(link, version: version).text(words) else {
                return MetadataService.plain(404, "Not Found")
            }
            var response = MetadataService.plain(200, text)
            if head.matches(head.method, "HEAD") { response.body = .headOnly(length: Int64(text.utf8.count)) }
            return response
        } catch {
            log(.error, "the server does not answer the metadata service", ["error": "\(error)"])
            return MetadataService.plain(503, "Service Unavailable")
        }
    }

    private static func plain(_ status: Int, _ text: String) -> Response {
        var response = Response(status: status, body: .bytes(Array(text.utf8)))
        response.header.add("Content-Type", "text/plain")
        response.header.add("Server", "EC2ws")
        return response
    }
}
