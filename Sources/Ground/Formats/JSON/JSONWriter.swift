/// Writes JSON into a byte array, compactly and in the order given.
///
/// Commas are the writer's business; nesting is the caller's (`precondition` that it is balanced is not checked).
/// Escapes what RFC 8259 requires and nothing else: `"`, `\` and U+0000 to U+001F.
public struct JSONWriter: Sendable {
    private var room: ByteRoom
    /// True if a comma is due before the next member.
    private var needsComma = false

    public init(reserving capacity: Int = 256) { room = ByteRoom(capacity) }

    /// What was written so far.
    public var bytes: [UInt8] { room.bytes }
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes a key and its colon; exactly one value must follow.
    public mutating func key(_ name: String) {
        quote(name, andColon: true)
        needsComma = false
    }

    /// Writes a string value.
    public mutating func string(_ value: String) {
        quote(value)
        needsComma = true
    }

    public mutating func string(_ value: Substring) { string(String(value)) }

    /// Writes a whole number of any size.
    public mutating func integer(_ value: some BinaryInteger) {
        guard let number = Int64(exactly: value) else { return raw(String(value).utf8) }
        room.write(upTo: ByteRoom.Place.longestNumber + 1) { place in
            if needsComma { place.put(UInt8(ascii: ",")) }
            place.put(number)
        }
        needsComma = true
    }

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
    public mutating func raw(_ json: some Sequence<UInt8>) { raw(Array(json)) }

    /// Writes a value that is JSON already.
    public mutating func raw(_ json: [UInt8]) {
        json.withUnsafeBufferPointer { json in
            room.write(upTo: json.count + 1) { place in
                if needsComma { place.put(UInt8(ascii: ",")) }
                place.put(json)
            }
        }
        needsComma = true
    }

    /// Writes a key and a string value.
    public mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    private mutating func open(_ byte: UInt8) {
        room.write(upTo: 2) { place in
            if needsComma { place.put(UInt8(ascii: ",")) }
            place.put(byte)
        }
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        room.write(upTo: 1) { $0.put(byte) }
        needsComma = true
    }

    private mutating func quote(_ value: String, andColon: Bool = false) {
        value.withContiguousUTF8 { utf8 in
            if JSONText.isPlain(utf8) {
                quote(plain: utf8, andColon)
            } else {
                JSONText.escaped(utf8).withUnsafeBufferPointer { quote(plain: $0, andColon) }
            }
        }
    }

    private mutating func quote(plain utf8: UnsafeBufferPointer<UInt8>, _ andColon: Bool) {
        room.write(upTo: utf8.count + 4) { place in
            if needsComma { place.put(UInt8(ascii: ",")) }
            place.put(JSONText.quote)
            place.put(utf8)
            place.put(JSONText.quote)
            if andColon { place.put(UInt8(ascii: ":")) }
        }
    }
}
