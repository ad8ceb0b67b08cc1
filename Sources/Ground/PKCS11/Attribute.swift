import CPKCS11

/// An attribute of a key, as a template names it.
/// - Source: PKCS #11 v2.40 base, section 4.
public struct Attribute: Sendable {
    let type: UInt
    let value: [UInt8]

    private init(_ type: UInt, _ value: [UInt8]) { (self.type, self.value) = (type, value) }
    private init(_ type: UInt, _ value: Bool) { self.init(type, [value ? 1 : 0]) }
    private init(_ type: UInt, _ value: UInt) { self.init(type, withUnsafeBytes(of: value) { Array($0) }) }

    // What the templates of a key service say; each is PKCS #11's attribute of that name.
    static func objectClass(_ value: UInt) -> Attribute { Attribute(CKA_CLASS, value) }
    static func keyType(_ value: UInt) -> Attribute { Attribute(CKA_KEY_TYPE, value) }
    static func token(_ value: Bool) -> Attribute { Attribute(CKA_TOKEN, value) }
    static func isPrivate(_ value: Bool) -> Attribute { Attribute(CKA_PRIVATE, value) }
    static func sensitive(_ value: Bool) -> Attribute { Attribute(CKA_SENSITIVE, value) }
    static func extractable(_ value: Bool) -> Attribute { Attribute(CKA_EXTRACTABLE, value) }
    static func label(_ value: String) -> Attribute { Attribute(CKA_LABEL, Array(value.utf8)) }
    static func id(_ value: [UInt8]) -> Attribute { Attribute(CKA_ID, value) }
    static func value(_ value: [UInt8]) -> Attribute { Attribute(CKA_VALUE, value) }
    static func valueLength(_ value: Int) -> Attribute { Attribute(CKA_VALUE_LEN, UInt(value)) }
    static func modulus(_ value: [UInt8]) -> Attribute { Attribute(CKA_MODULUS, value) }
    static func modulusBits(_ value: Int) -> Attribute { Attribute(CKA_MODULUS_BITS, UInt(value)) }
    static func publicExponent(_ value: [UInt8]) -> Attribute { Attribute(CKA_PUBLIC_EXPONENT, value) }
    static func curve(_ value: [UInt8]) -> Attribute { Attribute(CKA_EC_PARAMS, value) }

    /// What a key may be used for.
    enum Use: Sendable {
        case encrypt, decrypt, sign, verify, wrap, unwrap, derive

        var type: UInt {
            switch self {
            case .encrypt: CKA_ENCRYPT
            case .decrypt: CKA_DECRYPT
            case .sign: CKA_SIGN
            case .verify: CKA_VERIFY
            case .wrap: CKA_WRAP
            case .unwrap: CKA_UNWRAP
            case .derive: CKA_DERIVE
            }
        }
    }
    static func may(_ use: Use, _ value: Bool = true) -> Attribute { Attribute(use.type, value) }
}

extension [Attribute] {
    /// Lends the template in C's form. Values lie in one block of memory that lives as long as the call, each at a multiple of
    /// eight.
    func withTemplate<Result>(_ body: (CK_ATTRIBUTE_PTR?, UInt) -> Result) -> Result {
        var starts: [Int] = []
        var room = 0
        for attribute in self {
            starts.append(room)
            room += (attribute.value.count + 7) / 8 * 8
        }
        // Of its full size from the start: an array that grows leaves copies behind.
        var block = [UInt8](repeating: 0, count: room)
        defer { block.wipe() }
        for (attribute, start) in zip(self, starts) {
            block.replaceSubrange(start..<start + attribute.value.count, with: attribute.value)
        }
        return block.withUnsafeMutableBytes { block in
            var template = zip(self, starts).map { attribute, start in
                CK_ATTRIBUTE(
                    type: attribute.type, pValue: block.baseAddress.map { $0 + start },
                    ulValueLen: UInt(attribute.value.count))
            }
            return template.withUnsafeMutableBufferPointer { body($0.baseAddress, UInt($0.count)) }
        }
    }
}

extension [UInt8] {
    /// Overwritten before it is freed.
    fileprivate mutating func wipe() {
        withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            gh_pkcs11_wipe(start, bytes.count)
        }
    }
}
