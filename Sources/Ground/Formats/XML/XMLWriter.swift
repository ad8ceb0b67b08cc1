/// Writes XML into a byte array: elements and text, nothing else. Names are trusted, text is escaped.
public struct XMLWriter: Sendable {
    public private(set) var bytes: [UInt8]

    public init(reserving capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>` and a line end.
    public mutating func declaration() { bytes.append(contentsOf: XMLWriter.declarationBytes) }
    private static let declarationBytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)

    public mutating func open(_ name: [UInt8], namespace: String = "") {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(contentsOf: name)
        endOpening(namespace)
    }

    public mutating func close(_ name: [UInt8]) {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(UInt8(ascii: "/"))
        bytes.append(contentsOf: name)
        bytes.append(UInt8(ascii: ">"))
    }

    public mutating func element(_ name: [UInt8], _ content: String) {
        open(name)
        text(content)
        close(name)
    }

    /// - Parameter suffix: the end of a name that is made of two parts.
    public mutating func open(_ name: String, _ suffix: StaticString = "", namespace: String = "") {
        bytes.append(UInt8(ascii: "<"))
        append(name)
        raw(suffix)
        endOpening(namespace)
    }

    public mutating func close(_ name: String, _ suffix: StaticString = "") {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(UInt8(ascii: "/"))
        append(name)
        raw(suffix)
        bytes.append(UInt8(ascii: ">"))
    }

    public mutating func element(_ name: String, _ content: String) {
        open(name)
        text(content)
        close(name)
    }

    /// Appends XML as it stands.
    public mutating func raw(_ xml: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: xml.utf8Start, count: xml.utf8CodeUnitCount))
    }

    private mutating func append(_ name: String) { name.withContiguousUTF8 { bytes.append(contentsOf: $0) } }

    private mutating func endOpening(_ namespace: String) {
        if !namespace.isEmpty {
            raw(" xmlns=\"")
            text(namespace)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
    }

    /// Appends by the given function, which must write nothing that needs escaping.
    public mutating func append(_ write: (inout [UInt8]) -> Void) { write(&bytes) }

    /// Appends text. `& < > "` and control characters become references: XML 1.0 forbids most of the latter in any
    /// form, but S3 answers keys that hold them so, and dropping them would name another key.
    public mutating func text(_ content: String) {
        content.withContiguousUTF8 { utf8 in
            var start = 0
            for index in 0..<utf8.count where XMLWriter.needsReference(utf8[index]) {
                bytes.append(contentsOf: utf8[start..<index])
                appendReference(utf8[index])
                start = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
        }
    }

    @inline(__always)
    private static func needsReference(_ byte: UInt8) -> Bool {
        guard byte < 0x40 else { return false }
        // One bit for each of the first 64 bytes: the control characters but tab and line feed, and " & < >.
        let marked: UInt64 = 0x5000_0044_FFFF_F9FF
        return marked >> UInt64(byte) & 1 == 1
    }

    private mutating func appendReference(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
        case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
        case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
        case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
        default: bytes.append(contentsOf: "&#x\(String(byte, radix: 16));".utf8)
        }
    }
}
