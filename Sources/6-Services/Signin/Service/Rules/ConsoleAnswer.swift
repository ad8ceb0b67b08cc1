import Door
import Formats
import HTTP
import Smithy
import World

/// What the console answers: JSON, and few pages, that no cache keeps and no frame shows.
enum ConsoleAnswer {
    static func json(_ status: Int, cookie: String? = nil, _ write: (inout JSONWriter) -> Void) -> Response {
        var json = JSONWriter()
        json.beginObject()
        write(&json)
        json.endObject()
        var response = bare(status, cookie: cookie)
        response.header.add("Content-Type", "application/json")
        response.body = .bytes(json.bytes)
        return response
    }

    static func error(_ status: Int, _ code: String, _ message: String, retryAfter: Int64? = nil) -> Response {
        var response = json(status) { json in
            json.member("code", code)
            json.member("message", message)
        }
        if let retryAfter { response.header.add("Retry-After", String(retryAfter)) }
        return response
    }

    static func error(_ error: any ServiceError) -> Response {
        ConsoleAnswer.error(error.httpStatus, error.code, error.message)
    }

    static func redirect(_ location: String, status: Int = 302, cookie: String? = nil) -> Response {
        var response = bare(status, cookie: cookie)
        response.header.add("Location", location)
        return response
    }

    /// HTML under its own policy. What its form posts says where it comes from, to this server alone: with `no-referrer`
    /// a browser would name no origin, and the post could not be told from another site's.
    /// - Source: Fetch, "append a request `Origin` header".
    static func page(_ status: Int, _ html: [UInt8], policy: String) -> Response {
        var response = bare(status, cookie: nil, policy: policy, referrer: "same-origin")
        response.header.add("Content-Type", "text/html; charset=utf-8")
        response.body = .bytes(html)
        return response
    }

    /// One answer for everything that can be wrong with who somebody says they are.
    static let incorrect = error(
        401, "AuthenticationFailed", "Your authentication information is incorrect. Please try again.")
    static let malformed = error(400, "MalformedRequest", "The body is not the JSON object that this step takes.")
    static let forged = error(403, "ForgedRequest", "The request does not come from the console of this server.")
    static let noSession = error(401, "NoSession", "There is no session, or it is over. Please sign in.")
    static let unsafe = error(
        403, "InsecureTransport", "A password is taken over HTTPS only, but for connections from the server's machine.")

    static func delayed(_ delay: PasswordAttempts.Delay, _ request: ConsoleRequest) -> Response {
        let milliseconds = delay.until.milliseconds - request.now.milliseconds
        return error(
            429, "TooManyAttempts", "Too many attempts. Please wait before the next one.",
            retryAfter: max(1, (milliseconds + 999) / 1000))
    }

    private static func bare(
        _ status: Int, cookie: String?, policy: String = "default-src 'none'; frame-ancestors 'none'",
        referrer: String = "no-referrer"
    ) -> Response {
        var response = Response(status: status)
        response.header.add("Cache-Control", "no-store")
        response.header.add("X-Content-Type-Options", "nosniff")
        response.header.add("X-Frame-Options", "DENY")
        response.header.add("Content-Security-Policy", policy)
        response.header.add("Referrer-Policy", referrer)
        if let cookie { response.header.add("Set-Cookie", cookie) }
        return response
    }
}
