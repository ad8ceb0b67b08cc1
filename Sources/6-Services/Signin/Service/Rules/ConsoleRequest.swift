import Crypto
import Formats
import HTTP
import World

/// A request from a browser to the console's API, and what it says of itself.
struct ConsoleRequest: Sendable {
    let head: RequestHead
    /// When all of it was here, as far as it has been read: whoever sends a body slowly makes nothing last longer.
    private(set) var now: Instant

    init(head: RequestHead, now: Instant) { (self.head, self.now) = (head, now) }

    /// The request with its body, which was whole at that time.
    func read(at now: Instant) -> ConsoleRequest { ConsoleRequest(head: head, now: now) }

    var isPost: Bool { head.matches(head.method, "POST") }
    private var isSecure: Bool { head.connection.tls != nil }

    /// `http://host:port` as the browser names this server.
    var origin: String { (isSecure ? "https://" : "http://") + (head.text("host") ?? "") }

    /// A password travels over TLS, or not beyond this machine.
    var isConfidential: Bool { isSecure || head.connection.isLoopback }

    /// Whether a page of this very server sent it, as far as the browser tells. Programs tell nothing, and have no cookies
    /// of anybody else.
    /// - Source: Fetch Metadata Request Headers, "Sec-Fetch-Site"; OWASP, "Cross-Site Request Forgery Prevention".
    var isOwn: Bool {
        if let sent = head.text("origin"), sent.lowercased() != origin.lowercased() { return false }
        if let site = head.text("sec-fetch-site"), site != "same-origin", site != "none" { return false }
        return true
    }

    /// Other sites cannot send this type without asking first.
    var isJSON: Bool { type == "application/json" }

    /// What a page's form sends, from whatever site.
    var isForm: Bool { type == "application/x-www-form-urlencoded" }

    private var type: Substring { (head.text("content-type") ?? "").lowercased().prefix { $0 != ";" }.trimmed }

    /// What stays the same of a browser when it is brought up to date: a cookie that comes from another was stolen.
    var agent: [UInt8] {
        SHA256.hash(Array((head.text("user-agent") ?? "").utf8.filter { !(0x30...0x39).contains($0) && $0 != 0x2E }))
    }

    var address: String { head.connection.customerAddress }

    /// With the prefix that no other host and no plain connection can set.
    private var cookieName: String { isSecure ? "__Host-gatehouse-session" : "gatehouse-session" }

    /// The session's secret; nil where there is none, or more than one.
    var cookie: String? {
        var found: [String] = []
        for field in head.fields where head.matches(field.name, "cookie") {
            for pair in head.text(field.value).split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].trimmed == cookieName { found.append(String(parts[1].trimmed)) }
            }
        }
        return found.count == 1 ? found[0] : nil
    }

    /// - Source: RFC 6265bis, "Set-Cookie"; cookie name prefixes.
    func cookie(_ secret: String, seconds: Int64) -> String {
        "\(cookieName)=\(secret); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
