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
        if !namespace.isEmpty {
            bytes.append(contentsOf: " xmlns=\"".utf8)
            text(namespace)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
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

    public mutating func open(_ name: String, namespace: String = "") { open(Array(name.utf8), namespace: namespace) }
    public mutating func close(_ name: String) { close(Array(name.utf8)) }
    public mutating func element(_ name: String, _ content: String) { element(Array(name.utf8), content) }

    /// Appends by the given function, which must write nothing that needs escaping.
    public mutating func append(_ write: (inout [UInt8]) -> Void) { write(&bytes) }

    /// Appends text. `& < > "` and control characters become references: XML 1.0 forbids most of the latter in any
    /// form, but S3 answers keys that hold them so, and dropping them would name another key.
    public mutating func text(_ content: String) {
        var content = content
        content.withUTF8 { utf8 in
            var start = 0
            for index in 0..<utf8.count where XMLWriter.needsReference[Int(utf8[index])] {
                bytes.append(contentsOf: utf8[start..<index])
                appendReference(utf8[index])
                start = index + 1
            }
            bytes.append(contentsOf: utf8[start...])
        }
    }

    private static let needsReference: [Bool] = (0..<256).map { byte in
        (byte < 0x20 && byte != 0x0A && byte != 0x09) || "&<>\"".utf8.contains { Int($0) == byte }
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
