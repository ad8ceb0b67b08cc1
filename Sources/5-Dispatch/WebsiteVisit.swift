import Formats
import HTTP
import Smithy
import Wire

/// A visitor's request to a website.
struct Visit {
    let head: RequestHead
    let route: Route
    let identity: RequestIdentity
    /// For the log of the bucket.
    let notes: RequestNotes?

    init(_ head: RequestHead, _ route: Route, _ identity: RequestIdentity, _ notes: RequestNotes?) {
        (self.head, self.route, self.identity, self.notes) = (head, route, identity, notes)
    }

    var isHead: Bool { head.matches(head.method, "HEAD") }
    var isRead: Bool { isHead || head.matches(head.method, "GET") }

    /// What is asked for; nil where it is no text.
    var key: String? {
        PercentEncoding.decode(route.path.dropFirst()).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private static let conditions: Set<String> = [
        "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "range",
    ]

    /// The head of the read that this stands for.
    func standIn(keepingConditions: Bool) -> RequestHead {
        StandInHead(
            isHead ? "HEAD" : "GET", like: head,
            keeping: keepingConditions ? StandInHead.usual.union(Visit.conditions) : StandInHead.usual
        ).head
    }

    /// The path of a key on this host. A second slash at its beginning would make it another host.
    func path(_ key: String) -> String {
        let path = PercentEncoding.encode(key, keepingSlash: true)
        return "/" + (path.hasPrefix("/") ? "%2F" + path.dropFirst() : path) + query
    }

    private var query: String {
        let target = head.text(head.target)
        return target.firstIndex(of: "?").map { String(target[$0...]) } ?? ""
    }

    /// - Parameters:
    ///   - host: nil for the one that was called.
    ///   - scheme: nil for the one that was used.
    func address(host: String?, scheme: String?, key: String) -> String {
        let scheme = scheme ?? (head.connection.tls == nil ? "http" : "https")
        return scheme + "://" + (host ?? head.text("host") ?? "localhost") + "/"
            + PercentEncoding.encode(key, keepingSlash: true) + query
    }

    func follow(_ rule: Website.Rule, from key: String) -> Response {
        redirect(rule.status, to: address(host: rule.host, scheme: rule.scheme, key: rule.target(key)))
    }

    func redirect(_ status: Int, to address: String) -> Response {
        var response = Response(status: status)
        response.header.add("Location", address)
        add(identity, to: &response.header)
        return response
    }

    func notModified(_ failure: WebsiteError) -> Response {
        var response = Response(status: 304)
        for line in failure.headers { response.header.add(name: line.name, line.value) }
        add(identity, to: &response.header)
        return response
    }

    /// The page of an error. - Parameter second: why the site's own page could not be shown.
    func page(_ failure: WebsiteError, _ second: WebsiteError? = nil) -> Response {
        let title = "\(failure.status) \(failure.title)"
        var text = "<html>\n<head><title>\(title)</title></head>\n<body>\n<h1>\(title)</h1>\n"
        text += WebsiteError.list(
            failure.lines + [(name: "RequestId", value: identity.requestID), (name: "HostId", value: identity.hostID)])
        if let second {
            text += "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n"
            text += WebsiteError.list(second.lines)
        }
        text += "<hr/>\n</body>\n</html>\n"
        var response = Response(status: failure.status, body: .bytes(Array(text.utf8)))
        failure.tell(&response.header)
        response.header.add("Content-Type", "text/html; charset=utf-8")
        add(identity, to: &response.header)
        return response
    }

    private func add(_ identity: RequestIdentity, to header: inout HeaderBlock) {
        header.add("x-amz-request-id", identity.requestID)
        header.add("x-amz-id-2", identity.hostID)
    }
}

extension Response {
    /// The same answer to HEAD.
    var withoutContent: Response {
        guard case .bytes(let bytes) = body else { return self }
        return Response(status: status, header: header, body: .headOnly(length: Int64(bytes.count)))
    }
}
