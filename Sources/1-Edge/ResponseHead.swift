import HTTP
import World

/// How a response's end is told.
enum ResponseFraming: Equatable {
    case length(Int64), chunked
    /// By closing the connection (HTTP/1.0).
    case untilClose
    /// Statuses that never have a body, and HEAD without a known length.
    case none
}

/// Writes status lines and header blocks.
enum ResponseHead {
    static func append(
        _ response: Response, _ framing: ResponseFraming, closes: Bool, loop: EventLoop, to bytes: inout [UInt8]
    ) {
        appendStatus(response.status, to: &bytes)
        bytes.append(contentsOf: response.header.bytes)
        loop.appendDate(to: &bytes)
        switch framing {
        case .length(let length): appendLength(length, to: &bytes)
        case .chunked: bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
        case .untilClose, .none: break
        }
        if closes { bytes.append(contentsOf: "Connection: close\r\n".utf8) }
        bytes.append(13)
        bytes.append(10)
    }

    private static func appendStatus(_ status: Int, to bytes: inout [UInt8]) {
        guard status != 200 else {
            let line: StaticString = "HTTP/1.1 200 OK\r\n"
            return line.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }
        bytes.append(contentsOf: "HTTP/1.1 ".utf8)
        bytes.appendDigits(status, 3)
        bytes.append(HeadSyntax.space)
        ResponseHead.reason(status).withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(13)
        bytes.append(10)
    }

    private static func appendLength(_ length: Int64, to bytes: inout [UInt8]) {
        let name: StaticString = "Content-Length: "
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        var width = 1
        var rest = length / 10
        while rest > 0 {
            width += 1
            rest /= 10
        }
        bytes.appendDigits(Int(length), width)
        bytes.append(13)
        bytes.append(10)
    }

    /// - Source: RFC 9110, 15, and RFC 6585.
    static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
