/// The parts of an attestation object: a map in CBOR of a format, a statement and the authenticator's data.
/// - Source: Web Authentication Level 2, section 6.5.4; RFC 8949 for the encoding.
struct AttestationObject {
    private(set) var format = ""
    /// In CBOR, as it came.
    private(set) var statement: [UInt8] = []
    private(set) var data: [UInt8] = []

    /// Nil where it is not such a map, or has more in it.
    init?(_ bytes: [UInt8]) {
        var reader = CBORReader(bytes)
        guard let count = reader.head(.map), count == 3 else { return nil }
        for _ in 0..<3 {
            guard let name = reader.text() else { return nil }
            switch name {
            case "fmt":
                guard let text = reader.text() else { return nil }
                format = text
            case "attStmt":
                guard let range = reader.skip(), bytes[range.lowerBound] >> 5 == CBORReader.Kind.map.rawValue else {
                    return nil
                }
                statement = Array(bytes[range])
            case "authData":
                guard let found = reader.bytes() else { return nil }
                data = found
            default: return nil
            }
        }
        guard reader.isAtEnd, !format.isEmpty, !statement.isEmpty, !data.isEmpty else { return nil }
    }
}

/// Just as much of CBOR as takes an attestation object apart: definite lengths, no tags, bounded depth.
private struct CBORReader {
    enum Kind: UInt8 {
        case unsigned = 0, negative, bytes, text, array, map
    }

    private let input: [UInt8]
    private var offset = 0
    private static let deepest = 8

    init(_ input: [UInt8]) { self.input = input }

    var isAtEnd: Bool { offset == input.count }

    /// The argument of an item of that kind.
    mutating func head(_ kind: Kind) -> Int? {
        guard let (found, argument) = head(), found == kind.rawValue else { return nil }
        return argument
    }

    private mutating func head() -> (kind: UInt8, argument: Int)? {
        guard offset < input.count else { return nil }
        let (kind, short) = (input[offset] >> 5, Int(input[offset] & 31))
        offset += 1
        guard short >= 24 else { return (kind, short) }
        guard short <= 26 else { return nil }
        let count = 1 << (short - 24)
        guard input.count - offset >= count else { return nil }
        let argument = input[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
        offset += count
        return (kind, argument)
    }

    mutating func bytes() -> [UInt8]? { head(.bytes).flatMap { take($0) } }

    mutating func text() -> String? {
        head(.text).flatMap { take($0) }.flatMap { String(validating: $0, as: UTF8.self) }
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        guard input.count - offset >= count else { return nil }
        defer { offset += count }
        return Array(input[offset..<offset + count])
    }

    /// Passes over one item, whatever it holds, and tells where it was.
    mutating func skip(_ depth: Int = 0) -> Range<Int>? {
        let start = offset
        guard depth < CBORReader.deepest, let (kind, argument) = head() else { return nil }
        switch Kind(rawValue: kind) {
        case .unsigned, .negative: break
        case .bytes, .text: guard take(argument) != nil else { return nil }
        case .array, .map:
            // Each item takes a byte at least, so that a great number ends at the end of the input.
            for _ in 0..<(kind == Kind.map.rawValue ? 2 * argument : argument) {
                guard skip(depth + 1) != nil else { return nil }
            }
        case nil: return nil
        }
        return start..<offset
    }
}
