/// The lines after the last chunk.
struct TrailerBlock: Sendable {
    struct Line: Sendable {
        let name: String
        let value: [UInt8]
    }

    private(set) var lines: [Line] = []
    /// `x-amz-trailer-signature`, hexadecimal.
    private(set) var signature: [UInt8]?
    /// `name:value\n` for each line but the signature: what is signed.
    private(set) var canonical: [UInt8] = []

    /// Adds a line; false if it is no header line, comes twice, or comes after the signature.
    mutating func add(_ line: [UInt8]) -> Bool {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, signature == nil else { return false }
        let name = String(decoding: TrailerBlock.trim(line[..<colon]).map(CanonicalHeaders.lower), as: UTF8.self)
        let value = Array(TrailerBlock.trim(line[(colon + 1)...]))
        if name == "x-amz-trailer-signature" {
            signature = value
            return true
        }
        guard !lines.contains(where: { $0.name == name }) else { return false }
        lines.append(Line(name: name, value: value))
        canonical += name.utf8
        canonical.append(UInt8(ascii: ":"))
        canonical += value
        canonical.append(UInt8(ascii: "\n"))
        return true
    }

    func value(of name: String) -> [UInt8]? { lines.first { $0.name == name }?.value }

    private static func trim(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text.drop(while: CanonicalHeaders.isBlank)
        while let last = text.last, CanonicalHeaders.isBlank(last) { text.removeLast() }
        return text
    }
}
