import CPKCS11
import Crypto

/// A session with a token, used by one thread at a time. Handles are of this session's generation.
struct Session {
    let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>
    let handle: UInt

    private var list: CK_FUNCTION_LIST { functions.pointee }

    static func check(_ function: String, _ code: UInt) throws(PKCS11Error) {
        guard code == CKR_OK else { throw .refused(function: function, code: code) }
    }

    /// How long a list of the token's is. - Throws: `.garbled` where no list is so long.
    static func listCount(_ function: String, _ count: UInt) throws(PKCS11Error) -> Int {
        guard count <= 8192 else { throw .garbled(function: function) }
        return Int(count)
    }

    // MARK: Keys

    /// The first object of the template; nil where there is none.
    func find(_ template: [Attribute]) throws(PKCS11Error) -> UInt? {
        try Session.check("C_FindObjectsInit", template.withTemplate { list.C_FindObjectsInit(handle, $0, $1) })
        var (found, count): (UInt, UInt) = (0, 0)
        let code = list.C_FindObjects(handle, &found, 1, &count)
        _ = list.C_FindObjectsFinal(handle)
        try Session.check("C_FindObjects", code)
        return count == 0 ? nil : found
    }

    func generate(_ mechanism: Mechanism, _ template: [Attribute]) throws(PKCS11Error) -> UInt {
        var key: UInt = 0
        let code = mechanism.withMechanism { mechanism in
            template.withTemplate { list.C_GenerateKey(handle, mechanism, $0, $1, &key) }
        }
        try Session.check("C_GenerateKey", code)
        return key
    }

    func generatePair(
        _ mechanism: Mechanism, public publicTemplate: [Attribute], private privateTemplate: [Attribute]
    ) throws(PKCS11Error) -> (publicKey: UInt, privateKey: UInt) {
        var keys: (UInt, UInt) = (0, 0)
        let code = mechanism.withMechanism { mechanism in
            publicTemplate.withTemplate { publicStart, publicCount in
                privateTemplate.withTemplate { privateStart, privateCount in
                    list.C_GenerateKeyPair(
                        handle, mechanism, publicStart, publicCount, privateStart, privateCount, &keys.0, &keys.1)
                }
            }
        }
        try Session.check("C_GenerateKeyPair", code)
        return keys
    }

    func create(_ template: [Attribute]) throws(PKCS11Error) -> UInt {
        var key: UInt = 0
        try Session.check("C_CreateObject", template.withTemplate { list.C_CreateObject(handle, $0, $1, &key) })
        return key
    }

    func destroy(_ key: UInt) { _ = list.C_DestroyObject(handle, key) }

    func wrap(_ key: UInt, under wrapping: UInt, _ mechanism: Mechanism) throws(PKCS11Error) -> [UInt8] {
        try output("C_WrapKey", 8192) { out, count in
            mechanism.withMechanism { list.C_WrapKey(handle, $0, wrapping, key, out, count) }
        }
    }

    func unwrap(_ wrapped: [UInt8], under wrapping: UInt, _ mechanism: Mechanism, _ template: [Attribute])
        throws(PKCS11Error) -> UInt
    {
        var key: UInt = 0
        let code = mechanism.withMechanism { mechanism in
            template.withTemplate { start, count in
                wrapped.withInput { list.C_UnwrapKey(handle, mechanism, wrapping, $0, $1, start, count, &key) }
            }
        }
        try Session.check("C_UnwrapKey", code)
        return key
    }

    func derive(_ mechanism: Mechanism, from key: UInt, _ template: [Attribute]) throws(PKCS11Error) -> UInt {
        var derived: UInt = 0
        let code = mechanism.withMechanism { mechanism in
            template.withTemplate { list.C_DeriveKey(handle, mechanism, key, $0, $1, &derived) }
        }
        try Session.check("C_DeriveKey", code)
        return derived
    }

    /// The value of an attribute of at most 8 KiB.
    func attribute(_ type: UInt, of key: UInt) throws(PKCS11Error) -> [UInt8] {
        try output("C_GetAttributeValue", 8192) { out, count in
            var attribute = CK_ATTRIBUTE(type: type, pValue: out, ulValueLen: count.pointee)
            let code = list.C_GetAttributeValue(handle, key, &attribute, 1)
            count.pointee = attribute.ulValueLen
            return code
        }
    }

    // MARK: Use

    func encrypt(_ clear: [UInt8], with key: UInt, _ mechanism: Mechanism) throws(PKCS11Error) -> [UInt8] {
        // The mechanism's parameter must live until the operation ends, so both calls are made within one loan.
        return try output("C_Encrypt", clear.count + 64) { out, count in
            mechanism.withMechanism { mechanism in
                let begun = list.C_EncryptInit(handle, mechanism, key)
                return begun == CKR_OK ? clear.withInput { list.C_Encrypt(handle, $0, $1, out, count) } : begun
            }
        }
    }

    /// - Parameter count: how many bytes the text has; nil where it alone tells.
    func decrypt(_ sealed: [UInt8], with key: UInt, _ mechanism: Mechanism, giving count: Int? = nil)
        throws(PKCS11Error) -> [UInt8]
    {
        var clear = try output("C_Decrypt", sealed.count + 64) { out, count in
            mechanism.withMechanism { mechanism in
                let begun = list.C_DecryptInit(handle, mechanism, key)
                return begun == CKR_OK ? sealed.withInput { list.C_Decrypt(handle, $0, $1, out, count) } : begun
            }
        }
        guard count.map({ $0 == clear.count }) ?? true else {
            clear.zero()
            throw .garbled(function: "C_Decrypt")
        }
        return clear
    }

    /// - Parameter count: how many bytes a signature or MAC has.
    func sign(_ message: [UInt8], with key: UInt, _ mechanism: Mechanism, giving count: Int) throws(PKCS11Error)
        -> [UInt8]
    {
        let signature = try output("C_Sign", 1024) { out, count in
            mechanism.withMechanism { mechanism in
                let begun = list.C_SignInit(handle, mechanism, key)
                return begun == CKR_OK ? message.withInput { list.C_Sign(handle, $0, $1, out, count) } : begun
            }
        }
        guard signature.count == count else { throw .garbled(function: "C_Sign") }
        return signature
    }

    func random(_ count: Int) throws(PKCS11Error) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try Session.check("C_GenerateRandom", list.C_GenerateRandom(handle, &bytes, UInt(count)))
        return bytes
    }

    /// Whether the token makes a key, seals a text with it and opens that again, in this session: what it does when all is
    /// well, whatever it answered last.
    var isWorking: Bool {
        do {
            let key = try generate(
                .plain(CKM_AES_KEY_GEN), KeyTemplates.secret(.aes256, isExtractable: false) + [.valueLength(32)])
            defer { destroy(key) }
            let (text, nonce) = (Array("gatehouse".utf8), SecureRandom.bytes(AESGCM.nonceByteCount))
            let mechanism = Mechanism.gcm(nonce: nonce, associated: text)
            return try decrypt(try encrypt(text, with: key, mechanism), with: key, mechanism) == text
        } catch { return false }
    }

    /// Ends the session, and what is under way in it.
    func close() { _ = list.C_CloseSession(handle) }

    private func output(
        _ function: String, _ room: Int, _ call: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt>) -> UInt
    ) throws(PKCS11Error) -> [UInt8] {
        var code: UInt = CKR_OK
        var isWithin = true
        let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
            var count = UInt(room)
            code = call(buffer.baseAddress, &count)
            isWithin = count <= UInt(room)
            filled = code == CKR_OK && isWithin ? Int(count) : 0
            // A text that did not open may have been written in part.
            if filled == 0, let start = buffer.baseAddress { gh_pkcs11_wipe(start, room) }
        }
        try Session.check(function, code)
        guard isWithin else { throw .garbled(function: function) }
        return bytes
    }
}

extension [UInt8] {
    /// Lends the bytes to a function that only reads them, though C's type does not say so. No copy is made.
    fileprivate func withInput<Result>(_ body: (UnsafeMutablePointer<UInt8>?, UInt) -> Result) -> Result {
        withUnsafeBufferPointer { body(UnsafeMutablePointer(mutating: $0.baseAddress), UInt($0.count)) }
    }
}
