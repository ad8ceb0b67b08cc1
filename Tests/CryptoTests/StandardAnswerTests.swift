import Crypto
import Testing

/// Answers that the standards print.
@Suite struct StandardAnswerTests {
    /// RFC 4231, section 4.3.
    @Test(
        "HMAC of four lengths",
        arguments: [
            (MACAlgorithm.sha224, "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
            (.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                .sha384,
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"
            ),
            (
                .sha512,
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
            ),
        ])
    func hmac(_ algorithm: MACAlgorithm, _ answer: String) {
        let key = MACKey(algorithm, key: SecretBytes(bytes("Jefe")))
        #expect(key.authenticate(bytes("what do ya want for nothing?")) == hex(answer))
    }

    /// RFC 8032, section 7.1, tests 1 and 2.
    @Test(
        "Ed25519",
        arguments: [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ])
    func ed25519(_ seed: String, _ point: String, _ message: String, _ signature: String) throws {
        let pair = try KeyPair(.ed25519, pkcs8: SecretBytes(hex("302e020100300506032b657004220420" + seed)))
        let publicKey = try #require(PublicKeyInfo(.ed25519, point: hex(point)))
        #expect(pair.publicKey == publicKey.der)
        #expect(try pair.sign(.raw(hex(message)), by: .ed25519) == hex(signature))
        #expect(publicKey.verifies(hex(signature), of: .raw(hex(message)), by: .ed25519))
    }

    /// RFC 6979, appendix A.2.5, message "sample" with SHA-256.
    @Test("ECDSA on P-256")
    func ecdsa() throws {
        let x = "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
        let y = "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
        let r = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        let s = "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
        let publicKey = try #require(PublicKeyInfo(.p256, point: hex("04" + x + y)))
        #expect(publicKey.point == hex("04" + x + y))
        let signature = ECDSASignature.der(hex(r + s))
        #expect(publicKey.verifies(signature, of: .raw(bytes("sample")), by: .ecdsaSHA256))
        #expect(publicKey.verifies(signature, of: .digest(SHA256.hash(bytes("sample"))), by: .ecdsaSHA256))
        #expect(!publicKey.verifies(signature, of: .raw(bytes("sampler")), by: .ecdsaSHA256))
        // Of P-521 and its long form.
        let wide = try KeyPair(.p521)
        #expect(ECDSASignature.der([UInt8](repeating: 0xFF, count: 132)).prefix(3) == [0x30, 0x81, 0x8A])
        let made = try wide.sign(.raw([1]), by: .ecdsaSHA512)
        #expect(try #require(PublicKeyInfo(der: wide.publicKey)).verifies(made, of: .raw([1]), by: .ecdsaSHA512))
    }

    @Test("points off the curve, and texts with something after them, are no public keys")
    func noKeys() throws {
        let pair = try KeyPair(.p256)
        let info = pair.publicKey
        #expect(PublicKeyInfo(der: info + [0]) == nil)
        for index in info.indices.suffix(64) {
            var changed = info
            changed[index] ^= 1
            #expect(PublicKeyInfo(der: changed) == nil)
        }
        #expect(PublicKeyInfo(modulus: [UInt8](repeating: 255, count: 128), exponent: [1, 0, 1]) == nil)
    }
}
