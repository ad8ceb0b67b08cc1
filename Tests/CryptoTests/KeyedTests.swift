import Crypto
import Testing

private func expectEqual(_ left: borrowing SecretBytes, _ right: borrowing SecretBytes, _ expected: Bool) {
    let equal = left.equals(right)
    #expect(equal == expected)
}

@Suite struct KeyedTests {
    @Test func hmac() {
        // Defends: HMAC-SHA-256 against RFC 4231, cases 1, 2 and 6 (a key longer than a block).
        #expect(
            HMACSHA256.authenticate(bytes("Hi There"), key: [UInt8](repeating: 0x0b, count: 20))
                == hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"))
        #expect(
            HMACSHA256.authenticate(bytes("what do ya want for nothing?"), key: bytes("Jefe"))
                == hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
        #expect(
            HMACSHA256.authenticate(
                bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
                key: [UInt8](repeating: 0xaa, count: 131))
                == hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"))
        let secret = SecretBytes(bytes("Jefe"))
        let bySecret = HMACSHA256.authenticate(bytes("what do ya want for nothing?"), key: secret)
        #expect(
            bySecret
                == HMACSHA256.authenticate(bytes("what do ya want for nothing?"), key: bytes("Jefe")))
        #expect(HMACSHA256.authenticate([], key: []).count == 32)
    }

    @Test func hmacOfSHA1() {
        // Defends: HMAC-SHA-1 against RFC 2202, cases 1, 2 and 6 (a key longer than a block).
        let cases: [(key: [UInt8], text: [UInt8], digest: String)] = [
            ([UInt8](repeating: 0x0b, count: 20), bytes("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00"),
            (bytes("Jefe"), bytes("what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (
                [UInt8](repeating: 0xaa, count: 80),
                bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
                "aa4ae5e15272d00e95705637ce8a3b55ed402112"
            ),
        ]
        for (key, text, digest) in cases {
            let secret = SecretBytes(key)
            let made = HMACSHA1.authenticate(text, key: secret)
            #expect(made == hex(digest))
        }
    }

    @Test func hkdf() {
        // Defends: HKDF against RFC 5869, cases 1 and 3.
        let input = SecretBytes([UInt8](repeating: 0x0b, count: 22))
        let first = HKDF.derive(
            from: input, salt: hex("000102030405060708090a0b0c"), info: hex("f0f1f2f3f4f5f6f7f8f9"), count: 42)
        let expected = SecretBytes(
            hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"))
        expectEqual(first, expected, true)
        let third = HKDF.derive(from: input, salt: [], info: [], count: 42)
        let expectedThird = SecretBytes(
            hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"))
        expectEqual(third, expectedThird, true)
    }

    @Test func argon2id() throws {
        // Defends: Argon2id against the reference implementation's test vector.
        let parameters = Argon2id.Parameters(memory: 256, passes: 2, lanes: 1)
        #expect(
            try Argon2id.hash(bytes("password"), salt: bytes("somesalt"), parameters: parameters)
                == hex("9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"))
        #expect(throws: Argon2id.Failure.self) {
            try Argon2id.hash(bytes("password"), salt: bytes("short"), parameters: parameters)
        }
    }

    @Test func secrets() {
        // Defends: secrets compare by content and never print.
        var source = bytes("secret")
        let secret = SecretBytes(taking: &source)
        #expect(source.isEmpty)
        let copy = secret.copy()
        expectEqual(secret, copy, true)
        let same = SecretBytes(bytes("secreT"))
        expectEqual(secret, same, false)
        let shown = secret.description
        #expect(shown == "redacted")
        let count = secret.withBytes { $0.byteCount }
        #expect(count == 6)
        let empty = SecretBytes([])
        expectEqual(empty, secret, false)
        let random = SecretBytes(randomCount: 32)
        let other = SecretBytes(randomCount: 32)
        expectEqual(random, other, false)
    }

    @Test func comparison() {
        // Defends: the constant-time comparison is a comparison.
        #expect(constantTimeEquals(bytes("a"), bytes("a")))
        #expect(!constantTimeEquals(bytes("a"), bytes("b")))
        #expect(!constantTimeEquals(bytes("a"), bytes("ab")))
        #expect(constantTimeEquals([UInt8](), []))
        #expect(constantTimeEquals(bytes("xab")[1...], bytes("ab")[...]))
        #expect(SecureRandom.bytes(16) != SecureRandom.bytes(16))
        #expect(SecureRandom.bytes(0).isEmpty)
    }
}
