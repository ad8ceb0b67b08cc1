/// Writes JSON into a byte array, compactly and in the order given.
///
/// Commas are the writer's business; nesting is the caller's (`precondition` that it is balanced is not checked).
/// Escapes what RFC 8259 requires and nothing else: `"`, `\` and U+0000 to U+001F.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8]
    /// True if a comma is due before the next member.
    private var needsComma = false

    public init(reserving capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Continues an existing buffer.
    public init(appendingTo bytes: consuming [UInt8]) { self.bytes = bytes }

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes a key and its colon; exactly one value must follow.
    public mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string value.
    public mutating func string(_ value: some StringProtocol) {
        separate()
        quote(value)
        needsComma = true
    }

    /// Writes a whole number of any size.
    public mutating func integer(_ value: some BinaryInteger) { raw(String(value).utf8) }

    /// The shortest text that reads back the same; whole numbers without a fraction. JSON has no text for a value that
    /// is not finite: it is written as a string, `"NaN"`, `"Infinity"` or `"-Infinity"`, as Smithy does.
    public mutating func double(_ value: Double) {
        guard value.isFinite else {
            string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
            return
        }
        if value == value.rounded(), abs(value) < 1e15 { integer(Int64(value)) } else { raw("\(value)".utf8) }
    }

    public mutating func bool(_ value: Bool) { raw((value ? "true" : "false").utf8) }
    public mutating func null() { raw("null".utf8) }

    /// Writes a value that is JSON already.
    public mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// Writes a key and a string value.
    public mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    /// Copies what needs no escape in runs.
    private mutating func quote(_ value: some StringProtocol) {
        bytes.append(UInt8(ascii: "\""))
        var text = String(value)
        text.withUTF8 { utf8 in
            var start = 0
            for index in 0..<utf8.count {
                let byte = utf8[index]
                if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
                bytes.append(contentsOf: utf8[start..<index])
                escape(byte)
                start = index + 1
            }
            bytes.append(contentsOf: utf8[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(Hex.lowercaseDigits[Int(byte >> 4)])
            bytes.append(Hex.lowercaseDigits[Int(byte & 15)])
        }
    }
}
