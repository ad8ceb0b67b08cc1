import Crypto
import KeyVault
import Testing

@Suite struct SealTests {
    private let vault = SoftwareKeyVault.ephemeral()
    private let context = SealContext("111122223333", "AKIAEXAMPLE")

    @Test("what was sealed opens again, and two seals of one text differ")
    func roundTrip() throws {
        for count in [0, 1, 40, 100_000] {
            let clear = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let sealed = try vault.seal(clear, for: .accessKeySecrets, context: context)
            #expect(sealed.count == count + 29)
            #expect(try vault.unseal(sealed, for: .accessKeySecrets, context: context) == clear)
            #expect(try vault.seal(clear, for: .accessKeySecrets, context: context) != sealed)
        }
    }

    @Test("another purpose, context or vault opens nothing")
    func bound() throws {
        let sealed = try vault.seal([1, 2, 3], for: .accessKeySecrets, context: context)
        #expect(throws: KeyVaultError.notOpened) { try vault.unseal(sealed, for: .blobs, context: context) }
        #expect(throws: KeyVaultError.notOpened) {
            try vault.unseal(sealed, for: .accessKeySecrets, context: SealContext("111122223333AKIAEXAMPLE"))
        }
        #expect(throws: KeyVaultError.notOpened) {
            try SoftwareKeyVault.ephemeral().unseal(sealed, for: .accessKeySecrets, context: context)
        }
    }

    @Test("every changed byte and every cut is refused")
    func tampering() throws {
        let sealed = try vault.seal(Array("wJalrXUtnFEMI/K7MDENG".utf8), for: .blobs, context: context)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: KeyVaultError.notOpened) { try vault.unseal(changed, for: .blobs, context: context) }
            #expect(throws: KeyVaultError.notOpened) {
                try vault.unseal(Array(sealed[..<index]), for: .blobs, context: context)
            }
        }
    }

    @Test("parts of a context cannot run into each other")
    func contexts() {
        #expect(SealContext("a", "bc") != SealContext("ab", "c"))
        #expect(SealContext("a", "") != SealContext("a"))
        #expect(SealContext() != SealContext(""))
    }

    @Test("a derived key depends on the purpose and stays the same")
    func derive() throws {
        let first = bytes(try vault.derive(.sessionTokens))
        #expect(first == bytes(try vault.derive(.sessionTokens)))
        #expect(first != bytes(try vault.derive(.blobs)))
        #expect(first.count == 32)
    }

    @Test("nothing secret is printed")
    func descriptions() {
        #expect("\(vault)" == "software key vault")
        #expect("\(SecretPassphrase(Array("hunter2".utf8)))" == "redacted")
        #expect(!"\(RootProtection.passphrase(SecretPassphrase(Array("hunter2".utf8))))".contains("hunter2"))
        var dumped = ""
        dump(SecretPassphrase([104, 117, 110]), to: &dumped)
        #expect(!dumped.contains("104"))
    }
}
