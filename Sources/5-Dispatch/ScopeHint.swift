import HTTP
import World

/// What a request says its signature is scoped to, read before anything is checked: only to choose the service.
struct ScopeHint {
    private(set) var service: String?
    private(set) var region: String?

    init(_ head: RequestHead) {
        if let header = head.only("authorization") {
            guard let start = ScopeHint.end(of: "Credential=", in: header, head) else { return }
            let raw = head.raw
            let bytes = raw.span
            let comma = bytes.firstIndex(of: UInt8(ascii: ","), in: start..<header.upperBound) ?? header.upperBound
            let end = bytes.firstIndex(of: UInt8(ascii: " "), in: start..<comma) ?? comma
            read(raw[start..<end])
        } else if let start = ScopeHint.end(of: "X-Amz-Credential=", in: head.target, head) {
            let raw = head.bytes(start..<head.target.upperBound).prefix { $0 != UInt8(ascii: "&") }
            read(ScopeHint.slashesDecoded(Array(raw))[...])
        }
    }

    /// Takes two of the parts of `KEY/DATE/REGION/SERVICE/aws4_request`.
    private mutating func read(_ credential: ArraySlice<UInt8>) {
        let bytes = credential.span
        func slash(after place: Int) -> Int? { bytes.firstIndex(of: UInt8(ascii: "/"), in: place + 1..<bytes.count) }
        guard let first = slash(after: -1), let second = slash(after: first), let third = slash(after: second),
            let fourth = slash(after: third), slash(after: fourth) == nil
        else { return }
        let start = credential.startIndex
        region = String(decoding: credential[start + second + 1..<start + third], as: UTF8.self)
        service = String(decoding: credential[start + third + 1..<start + fourth], as: UTF8.self)
    }

    /// Where the first `name` in `range` ends.
    private static func end(of name: StaticString, in range: Range<Int>, _ head: RequestHead) -> Int? {
        let raw = head.raw
        return raw.span.end(of: name, in: range)
    }

    private static func slashesDecoded(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count, bytes[at + 1] == UInt8(ascii: "2"),
                bytes[at + 2] | 0x20 == UInt8(ascii: "f")
            {
                result.append(UInt8(ascii: "/"))
                at += 3
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        return result
    }
}
