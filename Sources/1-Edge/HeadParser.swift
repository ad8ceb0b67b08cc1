public import HTTP
import World

/// How a request's body is delimited.
public enum BodyFraming: Equatable, Sendable {
    case none, length(Int64), chunked
}

/// A request's head, understood as far as the edge needs it. Ranges index the bytes that were parsed.
public struct ParsedHead: Sendable {
    public var method = 0..<0
    public var target = 0..<0
    public var fields: [RequestHead.Field] = []
    public var isHTTP11 = true
    public var isHead = false
    /// CONNECT, whose target is not looked at yet.
    public var isConnect = false
    public var framing = BodyFraming.none
    public var keepsAlive = true
    public var expectsContinue = false
}

/// Reads request heads: a pure function over bytes, as strict as the RFC lets a server be.
///
/// What two readers could understand differently is refused, never repaired, since a proxy before us may have read it
/// the other way.
/// - Source: RFC 9112, 2.2 to 6.3; RFC 9110, 5 and 10.1.1.
public struct HeadParser: Sendable {
    private let fieldCount: Int
    private let takesTunnels: Bool

    /// - Parameters:
    ///   - fieldCount: the most header fields a request may have.
    ///   - takesTunnels: whether CONNECT is a method.
    public init(fieldCount: Int, takesTunnels: Bool = false) {
        (self.fieldCount, self.takesTunnels) = (fieldCount, takesTunnels)
    }

    /// Where the head ends (after its empty line), nil where it is not all there. `scanned` is where to look on from;
    /// it moves, so that slow arrival does not make the search quadratic.
    public static func end(of bytes: Span<UInt8>, scanned: inout Int) throws(Refusal) -> Int? {
        if scanned == 0, bytes.count > 0, !HeadSyntax.isToken(bytes[0]) { throw .malformedHead }
        var index = scanned
        while let feed = bytes.firstIndex(of: HeadSyntax.lineFeed, in: index..<bytes.count) {
            guard feed > 0, bytes[feed - 1] == HeadSyntax.carriageReturn else { throw .malformedHead }
            try refuseReturn(in: bytes, max(index - 1, 0)..<feed - 1)
            index = feed + 1
            if feed >= 3, bytes[feed - 2] == HeadSyntax.lineFeed {
                scanned = index
                return index
            }
        }
        try refuseReturn(in: bytes, max(index - 1, 0)..<max(bytes.count - 1, index - 1, 0))
        scanned = bytes.count
        return nil
    }

    /// Returns stand before line feeds only.
    private static func refuseReturn(in bytes: Span<UInt8>, _ range: Range<Int>) throws(Refusal) {
        if bytes.firstIndex(of: HeadSyntax.carriageReturn, in: range) != nil { throw .malformedHead }
    }

    /// Parses a whole head, its last empty line included.
    public func parse(_ bytes: Span<UInt8>) throws(Refusal) -> ParsedHead {
        var head = ParsedHead()
        var position = try RequestLine.parse(bytes, into: &head, takesTunnels)
        var facts = FramingFacts()
        head.fields.reserveCapacity(16)
        while position < bytes.count, bytes[position] != HeadSyntax.carriageReturn {
            guard head.fields.count < fieldCount else { throw .tooManyFields }
            let field = try HeadParser.field(bytes, &position)
            try facts.take(field, in: bytes)
            head.fields.append(field)
        }
        guard position + 2 == bytes.count, bytes[position + 1] == HeadSyntax.lineFeed else { throw .malformedHead }
        try facts.settle(&head)
        return head
    }

    /// One field line; `position` moves past its end. A line that begins with a blank has no name, so the obsolete
    /// folding is refused with it.
    static func field(_ bytes: Span<UInt8>, _ position: inout Int) throws(Refusal) -> RequestHead.Field {
        let start = position
        var index = start
        while index < bytes.count, HeadSyntax.isToken(bytes[index]) { index += 1 }
        guard index > start, index < bytes.count, bytes[index] == UInt8(ascii: ":") else { throw .malformedHead }
        let colon = index
        index += 1
        repeat {
            index =
                bytes.firstIndex(below: HeadSyntax.space, or: HeadSyntax.delete, in: index..<bytes.count) ?? bytes.count
            guard index < bytes.count, bytes[index] == HeadSyntax.tab else { break }
            index += 1
        } while true
        guard index + 1 < bytes.count, bytes[index] == HeadSyntax.carriageReturn,
            bytes[index + 1] == HeadSyntax.lineFeed
        else { throw .malformedHead }
        position = index + 2
        return .init(name: start..<colon, value: HeadSyntax.trimmed(bytes, colon + 1..<index))
    }
}
