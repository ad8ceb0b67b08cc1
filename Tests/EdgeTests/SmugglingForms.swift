import Testing

/// Requests that different servers read differently, each with the name under which it is known.
enum SmugglingForms {
    struct Form: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        var testDescription: String { name }
    }

    private static func post(_ name: String, _ lines: String, host: String = "Host: a\r\n") -> Form {
        Form(name: name, text: "POST / HTTP/1.1\r\n\(host)\(lines)\r\n")
    }

    static let heads: [Form] = [
        post("both framings", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
        post("both framings, other order", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"),
        post("differing lengths", "Content-Length: 3\r\nContent-Length: 4\r\n"),
        post("equal lengths twice", "Content-Length: 3\r\nContent-Length: 3\r\n"),
        post("length list", "Content-Length: 3, 3\r\n"),
        post("signed length", "Content-Length: +3\r\n"),
        post("negative length", "Content-Length: -3\r\n"),
        post("hexadecimal length", "Content-Length: 0x3\r\n"),
        post("empty length", "Content-Length:\r\n"),
        post("inner blank in length", "Content-Length: 1 2\r\n"),
        post("endless length", "Content-Length: 18446744073709551619\r\n"),
        post("bare LF after a field", "A: b\nC: d\r\n"),
        Form(name: "bare LF everywhere", text: "GET / HTTP/1.1\nHost: a\n\n"),
        Form(name: "bare LF after the request line", text: "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        post("bare CR in a value", "A: b\rC: d\r\n"),
        post("CR CR LF", "A: b\r\r\nC: d\r\n"),
        post("NUL in a value", "A: b\0c\r\n"),
        post("NUL in a name", "A\0: b\r\n"),
        Form(name: "NUL in the target", text: "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
        post("blank before the colon", "Content-Length : 3\r\n"),
        post("tab before the colon", "Content-Length\t: 3\r\n"),
        post("folded with a blank", "A: b\r\n c\r\n"),
        post("folded with a tab", "A: b\r\n\tc\r\n"),
        Form(name: "folded at the start", text: "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        post("two hosts", "Host: b\r\n"),
        post("the same host twice", "Host: a\r\n"),
        post("no host", "", host: ""),
        post("host with a blank", "", host: "Host: a b\r\n"),
        post("host with a path", "", host: "Host: a/b\r\n"),
        post("host with user", "", host: "Host: u@a\r\n"),
        post("unknown coding", "Transfer-Encoding: gzip\r\n"),
        post("coding list", "Transfer-Encoding: gzip, chunked\r\n"),
        post("chunked twice", "Transfer-Encoding: chunked, chunked\r\n"),
        post("two coding fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
        post("identity coding", "Transfer-Encoding: identity\r\n"),
        post("quoted coding", "Transfer-Encoding: \"chunked\"\r\n"),
        post("prefixed coding", "Transfer-Encoding: xchunked\r\n"),
        post("vertical tab before coding", "Transfer-Encoding: \u{0B}chunked\r\n"),
        post("empty coding", "Transfer-Encoding:\r\n"),
        Form(name: "coding in 1.0", text: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        post("empty name", ": b\r\n"),
        post("line without colon", "abc\r\n"),
        Form(name: "two blanks in the line", text: "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Form(name: "tab in the line", text: "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Form(name: "blank after the version", text: "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
        Form(name: "blank in the target", text: "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Form(name: "HTTP/0.9", text: "GET /\r\n\r\n"),
        Form(name: "lower-case version", text: "GET / http/1.1\r\nHost: a\r\n\r\n"),
        Form(name: "long version", text: "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
        Form(name: "method no token", text: "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Form(name: "control first", text: "\u{16}\u{03}\u{01}"),
    ]

    private static func chunked(_ name: String, _ body: String) -> Form {
        Form(name: name, text: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
    }

    static let chunks: [Form] = [
        chunked("no digits", "\r\n"),
        chunked("no hexadecimal", "zz\r\n"),
        chunked("prefixed", "0x3\r\nabc\r\n0\r\n\r\n"),
        chunked("signed", "+3\r\nabc\r\n0\r\n\r\n"),
        chunked("negative", "-1\r\n"),
        chunked("blank after size", "3 \r\nabc\r\n0\r\n\r\n"),
        chunked("blank before size", " 3\r\nabc\r\n0\r\n\r\n"),
        chunked("bare LF after size", "3\nabc\r\n0\r\n\r\n"),
        chunked("bare LF after data", "3\r\nabc\n0\r\n\r\n"),
        chunked("bare CR after size", "3\rabc"),
        chunked("data too long", "3\r\nabcd\r\n0\r\n\r\n"),
        chunked("too large", "10000000000000000\r\n"),
        chunked("extension with LF", "3;a\nb\r\nabc\r\n0\r\n\r\n"),
        chunked("extension with NUL", "3;a=\0\r\nabc\r\n0\r\n\r\n"),
        chunked("open quote", "3;a=\"b\r\nabc\r\n0\r\n\r\n"),
        chunked("endless extension", "3;" + String(repeating: "a", count: 600)),
        chunked("trailer without colon", "0\r\nabc\r\n\r\n"),
        chunked("trailer with bare LF", "0\r\nA: b\n\r\n\r\n"),
        chunked("folded trailer", "0\r\nA: b\r\n c\r\n\r\n"),
        chunked("blank before trailer's colon", "0\r\nA : b\r\n\r\n"),
    ]
}
