import HTTP

/// What a request says its signature is scoped to, read before anything is checked: only to choose the service.
struct ScopeHint {
    private(set) var service: String?
    private(set) var region: String?

    init(_ head: RequestHead) {
        let parts = ScopeHint.credential(head).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 5 else { return }
        region = String(decoding: parts[2], as: UTF8.self)
        service = String(decoding: parts[3], as: UTF8.self)
    }

    /// The bytes of `KEY/DATE/REGION/SERVICE/aws4_request`, with `%2F` read as `/`; empty where there are none.
    private static func credential(_ head: RequestHead) -> [UInt8] {
        if let header = head.only("authorization") {
            return value(after: "Credential=", in: head.bytes(header), until: [UInt8(ascii: ","), UInt8(ascii: " ")])
        }
        let raw = value(after: "X-Amz-Credential=", in: head.bytes(head.target), until: [UInt8(ascii: "&")])
        return slashesDecoded(raw)
    }

    private static func value(after name: StaticString, in bytes: ArraySlice<UInt8>, until ends: [UInt8]) -> [UInt8] {
        let name = Array(name.description.utf8)
        guard bytes.count >= name.count else { return [] }
        for start in bytes.startIndex...(bytes.endIndex - name.count)
        where bytes[start] == name[0] && bytes[start..<start + name.count].elementsEqual(name) {
            return Array(bytes[(start + name.count)...].prefix { !ends.contains($0) })
        }
        return []
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
