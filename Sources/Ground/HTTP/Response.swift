import World

/// An answer. The edge adds `Content-Length` or `Transfer-Encoding`, `Date` and `Connection`; everything else is here.
public struct Response: Sendable {
    public var status: Int
    public var header: HeaderBlock
    public var body: ResponseBody

    public init(status: Int, header: HeaderBlock = HeaderBlock(), body: ResponseBody = .empty) {
        (self.status, self.header, self.body) = (status, header, body)
    }
}

/// Header lines, already in the form they are sent in: `Name: value\r\n`, one after the other.
public struct HeaderBlock: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    private static let usualLength = 96

    /// Appends a line. Bytes below 0x20 and 0x7F in `value` become spaces: no value can begin a new line.
    public mutating func add(_ name: StaticString, _ value: some StringProtocol) {
        if bytes.isEmpty { bytes.reserveCapacity(HeaderBlock.usualLength) }
        name.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
        addValue(value)
    }

    /// As `add(_:_:)` for names known only at run time, such as `x-amz-meta-…`; bytes that no name may have are dropped.
    public mutating func add(name: some StringProtocol, _ value: some StringProtocol) {
        for byte in String(name).utf8 where HeaderBlock.isNameByte(byte) { bytes.append(byte) }
        addValue(value)
    }

    private mutating func addValue(_ value: some StringProtocol) {
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        let start = bytes.count
        let text = String(value)
        bytes.append(copying: text.utf8.span)
        replaceControls(from: start)
        bytes.append(13)
        bytes.append(10)
    }

    /// Makes spaces of control characters from `start` on; there hardly ever are any.
    private mutating func replaceControls(from start: Int) {
        var index = start
        while let control = bytes.span.firstIndex(below: 0x20, or: 0x7F, in: index..<bytes.count) {
            bytes[control] = 0x20
            index = control + 1
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

public enum ResponseBody: Sendable {
    /// No body, `Content-Length: 0` (left out on 204 and 304).
    case empty
    case bytes([UInt8])
    /// The answer to HEAD: the length a GET would have had, no body.
    case headOnly(length: Int64?)
    /// Sent as it is produced; chunked where `length` is nil. Failing, or ending short of `length`, closes the connection.
    case stream(length: Int64?, any ResponseStream)
}

/// A body made piece by piece. The edge asks for the next piece when the connection can take it.
public protocol ResponseStream: Sendable {
    /// Nil at the end.
    func next() async throws -> [UInt8]?
}

/// What answers requests. Never throws: whatever goes wrong is a response.
public typealias Handler = @Sendable (RequestHead, any RequestBody) async -> Response
