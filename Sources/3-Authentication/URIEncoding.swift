import World

/// Percent-encoding as SigV4 defines it: everything but the unreserved characters of RFC 3986, in upper-case hexadecimal.
/// - Source: IAM User Guide, "Create a signed AWS API request", `UriEncode()`.
enum URIEncoding {
    static func append(_ byte: UInt8, to text: inout [UInt8]) {
        if isUnreserved(byte) {
            text.append(byte)
        } else {
            text.append(UInt8(ascii: "%"))
            Hexadecimal.appendUpperCase(byte, to: &text)
        }
    }

    static func append(_ bytes: some Sequence<UInt8>, to text: inout [UInt8]) {
        for byte in bytes { append(byte, to: &text) }
    }

    /// Calls `body` with each decoded byte. A percent sign that begins no escape stands for itself.
    @inline(__always)
    static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool, _ body: (UInt8) -> Void) {
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let byte = bytes[at]
            if byte == UInt8(ascii: "%"), at + 2 < bytes.endIndex, let high = Hexadecimal.value(of: bytes[at + 1]),
                let low = Hexadecimal.value(of: bytes[at + 2])
            {
                body(high << 4 | low)
                at += 3
            } else {
                body(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
                at += 1
            }
        }
    }

    static func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        decode(bytes, plusIsSpace: false) { result.append($0) }
        return result
    }

    @inline(__always)
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
