import Crypto

/// What a device gives for AES-GCM: the text's length and the tag's, and nothing beside.
/// - Throws: `.setup` where it is another length, as of devices that put a nonce of their own into it.
func checkSealed(_ sealed: [UInt8], of count: Int) throws(PKCS11Error) {
    guard sealed.count == count + AESGCM.tagByteCount else {
        throw .setup(
            "The device seals \(count) bytes into \(sealed.count) with AES-GCM, where \(count + AESGCM.tagByteCount) are right: "
                + "it may choose the nonce itself. Gatehouse cannot use it.")
    }
}

extension TokenSettings {
    /// Seals, opens and tampers.
    /// - Throws: `.setup` where what was sealed does not open, or what was changed does.
    func check(
        seal: (_ text: [UInt8], _ associated: [UInt8]) throws(PKCS11Error) -> [UInt8],
        open: (_ sealed: [UInt8], _ associated: [UInt8]) throws(PKCS11Error) -> [UInt8]
    ) throws(PKCS11Error) {
        let (text, associated) = (SecureRandom.bytes(32), SecureRandom.bytes(16))
        let sealed = try seal(text, associated)
        let opened: [UInt8]
        do { opened = try open(sealed, associated) } catch {
            guard error == .unopened else { throw error }
            throw unfit("does not open what it sealed: it may choose the nonce of AES-GCM itself")
        }
        guard opened == text else { throw unfit("opens another text than it sealed") }
        var changed = [(sealed, associated + [0])]
        // A bit of the nonce, the text and the tag.
        for index in [0, AESGCM.nonceByteCount, sealed.count - 1] {
            var other = sealed
            other[index] ^= 1
            changed.append((other, associated))
        }
        for (other, associated) in changed {
            do { _ = try open(other, associated) } catch {
                guard error == .unopened else { throw error }
                continue
            }
            throw unfit("opens texts that were changed")
        }
    }

    private func unfit(_ what: String) -> PKCS11Error {
        .setup("\(choice) \(what). Gatehouse cannot keep keys under it.")
    }
}
