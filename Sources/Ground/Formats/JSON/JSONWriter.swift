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
    public mutating func string(_ value: String) {
        separate()
        quote(value)
        needsComma = true
    }

    public mutating func string(_ value: Substring) { string(String(value)) }

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

    private mutating func quote(_ value: String) {
        value.withContiguousUTF8 { JSONText.append($0, to: &bytes) }
    }
}
