import HTTP

/// Builds the head of a request that another stands for: the PUT of a form, the GET of a website's page. Values hold no line
/// ends, and nobody parses it again.
struct StandInHead {
    private var raw: [UInt8]
    private let method: Int
    private var fields: [RequestHead.Field] = []
    private var names: Set<String> = []
    private let isHTTP11: Bool
    private let connection: ConnectionFacts

    /// What a client tells of itself.
    static let usual: Set<String> = ["host", "user-agent", "referer"]

    /// - Parameter kept: names, in lower case, of the header lines to take over.
    init(_ method: String, like head: RequestHead, keeping kept: Set<String> = usual) {
        (isHTTP11, connection) = (head.isHTTP11, head.connection)
        raw = Array((method + " /").utf8)
        self.method = method.utf8.count
        for field in head.fields {
            let name = head.text(field.name).lowercased()
            if kept.contains(name) { append(name, Array(head.bytes(field.value))) }
        }
    }

    /// False where it is there already.
    mutating func add(_ name: String, _ value: [UInt8]) -> Bool {
        guard names.insert(name).inserted else { return false }
        append(name, value)
        return true
    }

    private mutating func append(_ name: String, _ value: [UInt8]) {
        let start = raw.count
        raw += name.utf8
        let middle = raw.count
        raw += value
        fields.append(.init(name: start..<middle, value: middle..<raw.count))
    }

    var head: RequestHead {
        RequestHead(
            raw: raw, method: 0..<method, target: (method + 1)..<(method + 2), fields: fields, isHTTP11: isHTTP11,
            connection: connection)
    }
}

extension HeaderBlock {
    /// The value of the first line of that name, in any case; nil where there is none.
    func value(of name: String) -> String? {
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else { continue }
            return String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return nil
    }
}
