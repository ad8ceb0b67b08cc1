/// The two forms of ECDSA's signatures.
public enum ECDSASignature {
    /// The SEQUENCE of two INTEGERs that X.509 and AWS KMS have, from r and s side by side as devices and JSON have them.
    /// - Source: RFC 3279, section 2.2.3.
    public static func der(_ numbers: [UInt8]) -> [UInt8] {
        let width = numbers.count / 2
        return element(0x30, integer(numbers[..<width]) + integer(numbers[width...]))
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var number = Array(bytes.drop { $0 == 0 })
        if number.first.map({ $0 >= 0x80 }) ?? true { number.insert(0, at: 0) }
        return element(0x02, number)
    }

    /// At most 255 bytes: those of the largest curve are 139.
    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        (content.count < 0x80 ? [tag, UInt8(content.count)] : [tag, 0x81, UInt8(content.count)]) + content
    }
}
