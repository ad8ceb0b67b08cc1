import Formats

/// The parameters of a query string or of a form, decoded, in one buffer.
public struct QueryString: Sendable {
    public struct Parameter: Sendable {
        public let name: Range<Int>
        public let value: Range<Int>
        /// False for `?policy`, true for `?policy=`.
        public let hasEquals: Bool
    }

    public private(set) var buffer: [UInt8] = []
    public internal(set) var parameters: [Parameter] = []

    public static let empty = QueryString()
    private init() {}

    /// Nil where a percent sign is not followed by two digits, or where there are more than `limit` parameters.
    public init?(_ text: ArraySlice<UInt8>, limit: Int = 4_096) {
        buffer.reserveCapacity(text.count)
        for part in text.split(separator: UInt8(ascii: "&")) {
            guard parameters.count < limit else { return nil }
            let equals = part.firstIndex(of: UInt8(ascii: "="))
            guard let name = append(part[..<(equals ?? part.endIndex)]),
                let value = append(equals.map { part[($0 + 1)...] } ?? [])
            else { return nil }
            parameters.append(Parameter(name: name, value: value, hasEquals: equals != nil))
        }
    }

    private mutating func append(_ encoded: ArraySlice<UInt8>) -> Range<Int>? {
        let start = buffer.count
        var index = encoded.startIndex
        while index < encoded.endIndex {
            let byte = encoded[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < encoded.endIndex, let high = Hex.value(of: encoded[index + 1]),
                    let low = Hex.value(of: encoded[index + 2])
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

    public func name(_ parameter: Parameter) -> ArraySlice<UInt8> { buffer[parameter.name] }
    public func value(_ parameter: Parameter) -> ArraySlice<UInt8> { buffer[parameter.value] }

    /// The first parameter of that exact name.
    public func first(_ name: some Collection<UInt8>) -> Parameter? {
        parameters.first { buffer[$0.name].elementsEqual(name) }
    }

    public func contains(_ name: String) -> Bool { first(name.utf8) != nil }

    /// How many parameters have that exact name.
    public func count(of name: String) -> Int {
        parameters.reduce(0) { $0 + (buffer[$1.name].elementsEqual(name.utf8) ? 1 : 0) }
    }

    /// The first value of that name as text; nil where there is none or it is not UTF-8.
    public func text(_ name: String) -> String? {
        first(name.utf8).flatMap { String(validating: buffer[$0.value], as: UTF8.self) }
    }
}
