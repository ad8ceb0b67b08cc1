/// Writes XML into a byte array: elements and text, nothing else. Names are trusted, text is escaped.
public struct XMLWriter: Sendable {
    private var room: ByteRoom

    public init(reserving capacity: Int = 768) { room = ByteRoom(capacity) }

    /// What was written so far.
    public var bytes: [UInt8] { room.bytes }

    /// `<?xml version="1.0" encoding="UTF-8"?>` and a line end.
    public mutating func declaration() { raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") }

    public mutating func open(_ name: [UInt8], namespace: String = "") {
        name.withUnsafeBufferPointer { open($0, "", namespace) }
    }

    /// With attributes, whose names are trusted.
    public mutating func open(_ name: [UInt8], namespace: String = "", _ attributes: [(name: String, value: String)]) {
        guard !attributes.isEmpty else { return open(name, namespace: namespace) }
        raw("<")
        name.withUnsafeBufferPointer { copy($0) }
        for (name, value) in (namespace.isEmpty ? [] : [("xmlns", namespace)]) + attributes {
            raw(" ")
            text(name)
            raw("=\"")
            text(value)
            raw("\"")
        }
        raw(">")
    }

    public mutating func close(_ name: [UInt8]) { name.withUnsafeBufferPointer { close($0, "") } }

    public mutating func element(_ name: [UInt8], _ content: String) {
        name.withUnsafeBufferPointer { element($0, content) }
    }

    /// - Parameter suffix: the end of a name that is made of two parts.
    public mutating func open(_ name: String, _ suffix: StaticString = "", namespace: String = "") {
        name.withContiguousUTF8 { open($0, suffix, namespace) }
    }

    public mutating func close(_ name: String, _ suffix: StaticString = "") {
        name.withContiguousUTF8 { close($0, suffix) }
    }

    public mutating func element(_ name: String, _ content: String) {
        name.withContiguousUTF8 { element($0, content) }
    }

    /// Appends XML as it stands.
    public mutating func raw(_ xml: StaticString) {
        room.write(upTo: xml.utf8CodeUnitCount) { $0.put(xml) }
    }

    /// Appends by the given function, which must write nothing that needs escaping.
    public mutating func append(_ write: (inout [UInt8]) -> Void) {
        var piece: [UInt8] = []
        write(&piece)
        piece.withUnsafeBufferPointer { copy($0) }
    }

    /// Appends text. `& < > "` and control characters become references: XML 1.0 forbids most of the latter in any
    /// form, but S3 answers keys that hold them so, and dropping them would name another key.
    public mutating func text(_ content: String) {
        content.withContiguousUTF8 { utf8 in
            if XMLText.isPlain(utf8) { copy(utf8) } else { copyEscaped(utf8) }
        }
    }

    private mutating func open(_ name: UnsafeBufferPointer<UInt8>, _ suffix: StaticString, _ namespace: String) {
        room.write(upTo: name.count + suffix.utf8CodeUnitCount + 2) { place in
            place.put("<")
            place.put(name)
            place.put(suffix)
            if namespace.isEmpty { place.put(">") }
        }
        if !namespace.isEmpty {
            raw(" xmlns=\"")
            text(namespace)
            raw("\">")
        }
    }

    private mutating func close(_ name: UnsafeBufferPointer<UInt8>, _ suffix: StaticString) {
        room.write(upTo: name.count + suffix.utf8CodeUnitCount + 3) { place in
            place.put("</")
            place.put(name)
            place.put(suffix)
            place.put(">")
        }
    }

    private mutating func element(_ name: UnsafeBufferPointer<UInt8>, _ content: String) {
        content.withContiguousUTF8 { utf8 in
            guard XMLText.isPlain(utf8) else {
                open(name, "", "")
                copyEscaped(utf8)
                close(name, "")
                return
            }
            room.write(upTo: name.count * 2 + utf8.count + 5) { place in
                place.put("<")
                place.put(name)
                place.put(">")
                place.put(utf8)
                place.put("</")
                place.put(name)
                place.put(">")
            }
        }
    }

    private mutating func copy(_ bytes: UnsafeBufferPointer<UInt8>) {
        room.write(upTo: bytes.count) { $0.put(bytes) }
    }

    private mutating func copyEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        room.write(upTo: XMLText.length(utf8)) { place in
            for byte in utf8 {
                if XMLText.needsReference(byte) { XMLText.putReference(byte, &place) } else { place.put(byte) }
            }
        }
    }
}

extension XMLWriter {
    /// How many bytes `text` writes of that text.
    public static func length(of content: String) -> Int {
        content.withContiguousUTF8 { XMLText.length($0) }
    }
}
