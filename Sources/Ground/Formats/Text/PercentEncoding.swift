public import World

/// Percent-encoding of everything but RFC 3986's unreserved characters, with upper-case digits, as SigV4 wants it.
/// - Source: RFC 3986, sections 2.1 and 2.3; IAM User Guide, "Create a signed AWS API request".
public enum PercentEncoding {
    @inlinable public static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    @inlinable public static func append(_ byte: UInt8, to result: inout [UInt8]) {
        if isUnreserved(byte) {
            result.append(byte)
        } else {
            result.append(UInt8(ascii: "%"))
            Hexadecimal.appendUpperCase(byte, to: &result)
        }
    }

    /// - Parameter keepingSlash: true leaves `/` as it is, as in a path.
    @inlinable public static func append(
        _ bytes: some Sequence<UInt8>, to result: inout [UInt8], keepingSlash: Bool = false
    ) {
        for byte in bytes {
            if keepingSlash, byte == UInt8(ascii: "/") { result.append(byte) } else { append(byte, to: &result) }
        }
    }

    /// As `append`, from text to text.
    public static func encode(_ text: some StringProtocol, keepingSlash: Bool = false) -> String {
        var result: [UInt8] = []
        append(text.utf8, to: &result, keepingSlash: keepingSlash)
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes meant; nil if a `%` is not followed by two hexadecimal digits.
    /// - Parameter plusIsSpace: true reads `+` as a space, as in form data.
    @inlinable public static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text.makeIterator()
        while let byte = rest.next() {
            if byte == UInt8(ascii: "%") {
                guard let first = rest.next(), let second = rest.next(), let high = Hexadecimal.value(of: first),
                    let low = Hexadecimal.value(of: second)
                else { return nil }
                result.append(high << 4 | low)
            } else {
                result.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return result
    }

    /// As `decode` of bytes, of a text.
    public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> [UInt8]? {
        decode(text.utf8, plusIsSpace: plusIsSpace)
    }

    /// Hands on each byte that is meant. A percent sign that begins no escape stands for itself, as where signatures are
    /// checked: what the client signed is what it sent.
    /// - Parameter plusIsSpace: as in `decode`.
    @inlinable public static func forEach(
        _ bytes: ArraySlice<UInt8>, plusIsSpace: Bool = false, _ body: (UInt8) -> Void
    ) {
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

    /// What `forEach` hands on.
    public static func meant(by bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        forEach(bytes) { result.append($0) }
        return result
    }
}
