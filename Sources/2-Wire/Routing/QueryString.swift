import Formats
import World

/// The parameters of a query string or of a form, decoded, in one buffer. A class: it is handed from step to step.
public final class QueryString: Sendable {
    public struct Parameter: Sendable {
        public let name: Range<Int>
        public let value: Range<Int>
        /// False for `?policy`, true for `?policy=`.
        public let hasEquals: Bool
    }

    /// Names and values; the ranges of the parameters index it.
    public let buffer: [UInt8]
    public let parameters: [Parameter]

    public static let empty = QueryString(QueryReader())
    private init(_ reader: QueryReader) { (buffer, parameters) = (reader.buffer, reader.parameters) }

    /// Nil where a percent sign is not followed by two digits, or where there are more than `limit` parameters.
    public convenience init?(_ text: ArraySlice<UInt8>, limit: Int = 4_096) {
        guard let reader = QueryReader(text.span, limit, plain: { Array(text) }) else { return nil }
        self.init(reader)
    }

    /// As `init(_:limit:)`, of all bytes of `text`, which are shared where they can be.
    public convenience init?(whole text: [UInt8], limit: Int = 4_096) {
        guard let reader = QueryReader(text.span, limit, plain: { text }) else { return nil }
        self.init(reader)
    }

    public func name(_ parameter: Parameter) -> ArraySlice<UInt8> { buffer[parameter.name] }
    public func value(_ parameter: Parameter) -> ArraySlice<UInt8> { buffer[parameter.value] }

    /// The first parameter of that exact name.
    public func first(_ name: some Collection<UInt8>) -> Parameter? {
        let count = name.count
        return parameters.first { $0.name.count == count && buffer[$0.name].elementsEqual(name) }
    }

    public func contains(_ name: String) -> Bool { first(name.utf8) != nil }

    /// The first parameter of that exact name, and how many there are.
    func all(_ name: StaticString) -> (first: Parameter?, count: Int) {
        let buffer = buffer
        let bytes = buffer.span
        var found: (first: Parameter?, count: Int) = (nil, 0)
        for parameter in parameters where bytes.extracting(parameter.name).isExactly(name) {
            found = (found.first ?? parameter, found.count + 1)
        }
        return found
    }

    /// The first value of that name as text; nil where there is none or it is not UTF-8.
    public func text(_ name: String) -> String? {
        first(name.utf8).flatMap { String(validating: buffer[$0.value], as: UTF8.self) }
    }
}

/// Takes the text of a query string apart.
private struct QueryReader {
    private(set) var buffer: [UInt8] = []
    private(set) var parameters: [QueryString.Parameter] = []

    init() {}

    /// - Parameter plain: gives all of `bytes` as they are.
    init?(_ bytes: Span<UInt8>, _ limit: Int, plain: () -> [UInt8]) {
        guard !bytes.isEmpty else { return }
        // Most have nothing to decode, and serve as they are.
        let all = 0..<bytes.count
        let isPlain =
            bytes.firstIndex(of: UInt8(ascii: "%"), in: all) == nil
            && bytes.firstIndex(of: UInt8(ascii: "+"), in: all) == nil
        if isPlain { buffer = plain() } else { buffer.reserveCapacity(bytes.count) }
        parameters.reserveCapacity(4)
        var start = 0
        while start < bytes.count {
            let end = bytes.firstIndex(of: UInt8(ascii: "&"), in: start..<bytes.count) ?? bytes.count
            if end > start {
                guard parameters.count < limit, take(bytes, start..<end, isPlain: isPlain) else { return nil }
            }
            start = end + 1
        }
    }

    /// Adds `name=value`. False where an escape is no escape.
    private mutating func take(_ bytes: Span<UInt8>, _ part: Range<Int>, isPlain: Bool) -> Bool {
        let equals = bytes.firstIndex(of: UInt8(ascii: "="), in: part)
        var name = part.lowerBound..<(equals ?? part.upperBound)
        var value = (equals ?? part.upperBound - 1) + 1..<part.upperBound
        if !isPlain {
            guard let first = append(bytes, name), let second = append(bytes, value) else { return false }
            (name, value) = (first, second)
        }
        parameters.append(QueryString.Parameter(name: name, value: value, hasEquals: equals != nil))
        return true
    }

    private mutating func append(_ encoded: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
        let start = buffer.count
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = encoded[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < range.upperBound, let high = Hexadecimal.value(of: encoded[index + 1]),
                    let low = Hexadecimal.value(of: encoded[index + 2])
                else { return nil }
                buffer.append(high << 4 | low)
                index += 3
            } else {
                buffer.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
                index += 1
            }
        }
        return start..<buffer.count
    }
}
