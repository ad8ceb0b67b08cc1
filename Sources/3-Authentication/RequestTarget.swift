import HTTP

/// The path and query of a request target, as sent. An absolute-form target loses its scheme and authority.
struct RequestTarget {
    let path: ArraySlice<UInt8>
    /// Without the question mark; empty where there is none.
    let query: ArraySlice<UInt8>

    init(_ head: RequestHead) { self.init(head.raw[head.target]) }

    init(_ target: ArraySlice<UInt8>) {
        let whole = RequestTarget.originForm(target)
        if let mark = whole.firstIndex(of: UInt8(ascii: "?")) {
            path = whole[..<mark]
            query = whole[(mark + 1)...]
        } else {
            path = whole
            query = whole[whole.endIndex...]
        }
    }

    /// What follows `scheme://authority`, for a target that does not begin with a slash.
    private static func originForm(_ target: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = target.first, first != UInt8(ascii: "/"),
            let colon = target.firstIndex(of: UInt8(ascii: ":")),
            target[colon...].starts(with: "://".utf8)
        else { return target }
        let authority = target[(colon + 3)...]
        let end = authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
        return authority[(end ?? authority.endIndex)...]
    }
}
