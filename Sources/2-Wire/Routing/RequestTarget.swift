import HTTP

/// A request target taken apart, still encoded.
struct RequestTarget {
    /// Begins with `/`.
    let path: ArraySlice<UInt8>
    let query: ArraySlice<UInt8>
    /// The authority of an absolute URI, which goes before the Host header.
    let authority: ArraySlice<UInt8>?

    /// Nil for anything but origin form and `http(s)` absolute form.
    init?(_ head: RequestHead) {
        var rest = head.bytes(head.target)
        if rest.first != UInt8(ascii: "/") {
            guard let start = RequestTarget.schemeLength(rest) else { return nil }
            rest = rest.dropFirst(start)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            authority = rest[..<end]
            rest = rest[end...]
        } else {
            authority = nil
        }
        let mark = rest.firstIndex(of: UInt8(ascii: "?"))
        let path = rest[..<(mark ?? rest.endIndex)]
        self.path = path.isEmpty ? [UInt8(ascii: "/")] : path
        query = mark.map { rest[($0 + 1)...] } ?? []
    }

    private static func schemeLength(_ text: ArraySlice<UInt8>) -> Int? {
        for scheme in ["http://", "https://"] {
            let head = text.prefix(scheme.utf8.count).map { $0 | 0x20 }
            if head.elementsEqual(scheme.utf8.map { $0 | 0x20 }) { return scheme.utf8.count }
        }
        return nil
    }

    /// Whether an absolute target is of the host that the header names. It is the header that is signed: a target of another
    /// host would turn a call that was signed for one bucket into a call to another.
    func namesItsHost(_ head: RequestHead) -> Bool {
        guard let authority, let host = head.only("host") else { return authority == nil }
        return RequestTarget.name(authority).lowercased() == RequestTarget.name(head.bytes(host)).lowercased()
    }

    /// The host without port and brackets; empty where there is none.
    func host(_ head: RequestHead) -> String {
        RequestTarget.name(authority ?? head.only("host").map { head.bytes($0) } ?? [])
    }

    private static func name(_ authority: ArraySlice<UInt8>) -> String {
        if authority.first == UInt8(ascii: "["), let end = authority.firstIndex(of: UInt8(ascii: "]")) {
            return String(decoding: authority[..<end].dropFirst(), as: UTF8.self)
        }
        return String(decoding: authority.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    }
}
