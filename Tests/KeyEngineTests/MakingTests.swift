import Crypto
import KeyEngine
import KeyVault
import Testing

extension EngineTests {
    @Suite struct MakingTests {
        @Test("every kind is made, or refused by name", arguments: EngineUnderTest.allCases, KeyMaterialKind.all)
        func made(_ which: EngineUnderTest, _ kind: KeyMaterialKind) async throws {
            let bench = try which.bench()
            guard bench.engine.supports(kind) else {
                #expect(
                    await error { _ = try await bench.engine.generate(kind, for: bench.context) }?.isUnsupported == true
                )
                return
            }
            let made = try await bench.engine.generate(kind, for: bench.context)
            #expect(made.key.kind == kind)
            #expect(made.key.context == bench.context)
            if case .pair(let pair) = kind {
                #expect(try half(of: made).kind == pair)
            } else {
                #expect(made.publicKey == nil)
            }
        }

        @Test("a wrapped key is of use in its context alone", arguments: EngineUnderTest.allCases)
        func contexts(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            let made = try await bench.engine.generate(.aes256, for: bench.context).key
            let sealed = try await bench.engine.seal([1], associated: [], with: made)
            for context in [bench.other, SealContext(), SealContext("111122223333", "eu-central-1")] {
                let moved = EngineKey(made.wrapped, .aes256, for: context)
                #expect(
                    await error { _ = try await bench.engine.open(sealed, associated: [], with: moved) } == .notOurs)
            }
            // Nor after it was used in its own.
            #expect(try await bench.engine.open(sealed, associated: [], with: made) == [1])
            let moved = EngineKey(made.wrapped, .aes256, for: bench.other)
            #expect(await error { _ = try await bench.engine.open(sealed, associated: [], with: moved) } == .notOurs)
            let kind = EngineKey(made.wrapped, .hmac(.sha256), for: bench.context)
            #expect(await error { _ = try await bench.engine.mac([1], with: kind) } == .notOurs)
        }

        @Test("a wrapped key is of use to its own engine alone", arguments: EngineUnderTest.allCases)
        func engines(_ which: EngineUnderTest) async throws {
            let (bench, stranger) = (try which.bench(), try which.bench())
            let made = try await bench.engine.generate(.aes256, for: bench.context).key
            #expect(await error { _ = try await stranger.engine.seal([1], associated: [], with: made) } == .notOurs)
        }

        @Test("a wrapped key with any bit changed, or cut, is no key", arguments: EngineUnderTest.allCases)
        func tampering(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            let made = try await bench.engine.generate(.aes256, for: bench.context).key
            let sealed = try await bench.engine.seal([1], associated: [], with: made)
            let whole = made.wrapped.bytes
            var changed = whole.indices.map { index in
                var bytes = whole
                bytes[index] ^= 1 << (index % 8)
                return bytes
            }
            changed += whole.indices.map { Array(whole[..<$0]) } + [whole + [0]]
            for bytes in changed {
                let key = EngineKey(WrappedKey(bytes: bytes), .aes256, for: bench.context)
                #expect(await error { _ = try await bench.engine.open(sealed, associated: [], with: key) } == .notOurs)
            }
        }

        @Test("a key taken up works as where it came from", arguments: EngineUnderTest.allCases)
        func taken(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            let key = try await bench.engine.take(
                SecretBytes([UInt8](repeating: 7, count: 32)), as: .aes256, for: bench.context
            )
            .key
            let sealed = try await bench.engine.seal(bytes("text"), associated: bytes("more"), with: key)
            let own = AESGCM(key: SecretBytes([UInt8](repeating: 7, count: 32)))
            #expect(
                try own.open(Array(sealed[12...]), nonce: Array(sealed[..<12]), associated: bytes("more"))
                    == bytes("text"))
        }

        @Test("material of another length or kind is refused", arguments: EngineUnderTest.allCases)
        func unfit(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            for kind in KeyMaterialKind.all where bench.engine.supports(kind) {
                for count in [0, 1, 31, 33, 65] {
                    let refusal = await error {
                        _ = try await bench.engine.take(
                            SecretBytes([UInt8](repeating: 7, count: count)), as: kind, for: bench.context)
                    }
                    #expect(refusal?.isInvalid == true, "\(kind), \(count) bytes")
                }
            }
            let pair = try KeyPair(.p384)
            #expect(
                await error { _ = try await bench.engine.take(pair.pkcs8(), as: .pair(.p256), for: bench.context) }?
                    .isInvalid
                    == true)
            // With something after it.
            let long =
                clear(try pair.pkcs8()) + [0]
            #expect(
                await error {
                    _ = try await bench.engine.take(SecretBytes(long), as: .pair(.p384), for: bench.context)
                }?
                .isInvalid == true)
        }

        @Test(
            "an encrypted key is taken up by each wrapping", arguments: EngineUnderTest.allCases,
            ImportWrapping.allCases)
        func imported(_ which: EngineUnderTest, _ method: ImportWrapping) async throws {
            let bench = try which.bench()
            let wrapping = try await bench.engine.generate(.pair(.rsa2048), for: bench.context)
            let publicKey = try half(of: wrapping)
            let material = [UInt8](0..<32)
            func encrypted(_ material: [UInt8]) throws -> [UInt8] {
                guard method.hasAESKey else { return try #require(publicKey.encrypt(material, by: method.digest)) }
                let key = [UInt8](repeating: 9, count: 32)
                let wrapped = AESKeyWrap.wrap(SecretBytes(material), under: SecretBytes(key))
                let first = try #require(publicKey.encrypt(key, by: method.digest))
                return first + (wrapped ?? [])
            }
            let ciphertext = try encrypted(material)
            let taken = try await bench.engine.takeEncrypted(
                ciphertext, by: method, under: wrapping.key, as: .aes256, for: bench.other)
            let sealed = try await bench.engine.seal([5], associated: [], with: taken.key)
            let own = AESGCM(key: SecretBytes(material))
            #expect(try own.open(Array(sealed[12...]), nonce: Array(sealed[..<12])) == [5])
            for index in [0, 100, ciphertext.count - 1] {
                var changed = ciphertext
                changed[index] ^= 1
                let refusal = await error {
                    _ = try await bench.engine.takeEncrypted(
                        changed, by: method, under: wrapping.key, as: .aes256, for: bench.other)
                }
                #expect(refusal?.isInvalid == true)
            }
            let refusal = await error {
                _ = try await bench.engine.takeEncrypted(
                    try encrypted(Array(material.dropLast())), by: method, under: wrapping.key, as: .aes256,
                    for: bench.other)
            }
            #expect(refusal?.isInvalid == true)
            guard method.hasAESKey else { return }
            // A private key is too long for RSA alone.
            let pair = try KeyPair(.p256)
            let der = clear(try pair.pkcs8())
            let signer = try await bench.engine.takeEncrypted(
                try encrypted(der), by: method, under: wrapping.key, as: .pair(.p256), for: bench.other)
            #expect(signer.publicKey == pair.publicKey)
        }

        @Test("a key wrapped anew for another context is the same key", arguments: EngineUnderTest.allCases)
        func replicas(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            for kind in [KeyMaterialKind.aes256, .textKeys, .hmac(.sha512)] where bench.engine.supports(kind) {
                let key = try await bench.engine.generate(kind, for: bench.context).key
                let replica = try await bench.engine.rewrap(key, for: bench.other)
                #expect(replica.context == bench.other)
                #expect(replica.wrapped != key.wrapped)
                if kind == .aes256 || kind == .textKeys {
                    let sealed = try await bench.engine.seal([1, 2], associated: [3], with: key)
                    #expect(try await bench.engine.open(sealed, associated: [3], with: replica) == [1, 2])
                } else {
                    #expect(try await bench.engine.mac([1], with: key) == bench.engine.mac([1], with: replica))
                }
            }
            let pair = try await bench.engine.generate(.pair(.p256), for: bench.context)
            let replica = try await bench.engine.rewrap(pair.key, for: bench.other)
            let signature = try await bench.engine.sign(.raw([1]), by: .ecdsaSHA256, with: replica)
            let publicKey = try half(of: pair)
            #expect(publicKey.verifies(signature, of: .raw([1]), by: .ecdsaSHA256))
        }

        @Test("a data pair's halves belong together", arguments: EngineUnderTest.allCases, KeyPairKind.allCases)
        func dataPairs(_ which: EngineUnderTest, _ kind: KeyPairKind) async throws {
            let made = try await which.bench().engine.dataPair(kind)
            #expect(try KeyPair(kind, pkcs8: made.privateKey).publicKey == made.publicKey)
        }
    }
}
