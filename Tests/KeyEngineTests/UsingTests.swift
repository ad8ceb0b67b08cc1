import Crypto
import KeyEngine
import KeyVault
import Testing

extension EngineTests {
    @Suite struct UsingTests {
        @Test(
            "a sealed text opens with the same key and associated bytes, and no other",
            arguments: EngineUnderTest.allCases, [KeyMaterialKind.aes256, .textKeys])
        func seal(_ which: EngineUnderTest, _ kind: KeyMaterialKind) async throws {
            let bench = try which.bench()
            let engine = bench.engine
            let overhead = kind == .textKeys ? 44 : 28
            let key = try await engine.generate(kind, for: bench.context).key
            let stranger = try await engine.generate(kind, for: bench.context).key
            for count in [0, 1, 16, 4096] {
                let clear = [UInt8](repeating: 3, count: count)
                let sealed = try await engine.seal(clear, associated: bytes("context"), with: key)
                #expect(sealed.count == count + overhead)
                #expect(try await engine.open(sealed, associated: bytes("context"), with: key) == clear)
                #expect(try await engine.seal(clear, associated: bytes("context"), with: key) != sealed)
                #expect(await error { _ = try await engine.open(sealed, associated: [], with: key) }?.isInvalid == true)
                #expect(
                    await error { _ = try await engine.open(sealed, associated: bytes("context"), with: stranger) }?
                        .isInvalid
                        == true)
            }
            let sealed = try await engine.seal(bytes("a text"), associated: [], with: key)
            for index in sealed.indices {
                var changed = sealed
                changed[index] ^= 0x10
                #expect(
                    await error { _ = try await engine.open(changed, associated: [], with: key) }?.isInvalid == true)
                #expect(
                    await error { _ = try await engine.open(Array(sealed[..<index]), associated: [], with: key) }?
                        .isInvalid
                        == true)
            }
        }

        @Test("what does not wait gives the same, or nil", arguments: EngineUnderTest.allCases)
        func now(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            let key = try await bench.engine.generate(.aes256, for: bench.context).key
            guard let sealed = try bench.engine.sealNow([1, 2, 3], associated: [4], with: key) else {
                #expect(bench.engine.status.root == .hsm)
                return
            }
            #expect(try bench.engine.openNow(sealed, associated: [4], with: key) == [1, 2, 3])
            #expect(try await bench.engine.open(sealed, associated: [4], with: key) == [1, 2, 3])
            #expect(throws: KeyEngineError.self) { try bench.engine.openNow(sealed, associated: [5], with: key) }
        }

        @Test(
            "MACs are those of the key, of the algorithm's length", arguments: EngineUnderTest.allCases,
            MACAlgorithm.allCases)
        func macs(_ which: EngineUnderTest, _ algorithm: MACAlgorithm) async throws {
            let bench = try which.bench()
            guard bench.engine.supports(.hmac(algorithm)) else { return }
            let material = [UInt8](repeating: 8, count: algorithm.byteCount)
            let key = try await bench.engine.take(SecretBytes(material), as: .hmac(algorithm), for: bench.context).key
            for message in [[], bytes("a message"), [UInt8](repeating: 1, count: 4096)] {
                let mac = try await bench.engine.mac(message, with: key)
                #expect(mac == MACKey(algorithm, key: SecretBytes(material)).authenticate(message))
                #expect(mac.count == algorithm.byteCount)
            }
        }

        @Test(
            "signatures are good, of messages and of digests", arguments: EngineUnderTest.allCases, KeyPairKind.allCases
        )
        func signatures(_ which: EngineUnderTest, _ kind: KeyPairKind) async throws {
            let bench = try which.bench()
            guard bench.engine.supports(.pair(kind)) else { return }
            let made = try await bench.engine.generate(.pair(kind), for: bench.context)
            let publicKey = try half(of: made)
            for algorithm in SigningAlgorithm.allCases {
                guard algorithm.fits(kind) else {
                    #expect(
                        await error { _ = try await bench.engine.sign(.raw([1]), by: algorithm, with: made.key) }?
                            .isInvalid
                            == true)
                    continue
                }
                guard bench.engine.supports(algorithm) else {
                    #expect(
                        await error { _ = try await bench.engine.sign(.raw([1]), by: algorithm, with: made.key) }?
                            .isUnsupported
                            == true)
                    continue
                }
                let message = bytes("a message")
                let signature = try await bench.engine.sign(.raw(message), by: algorithm, with: made.key)
                #expect(publicKey.verifies(signature, of: .raw(message), by: algorithm))
                #expect(!publicKey.verifies(signature, of: .raw(message + [0]), by: algorithm))
                guard algorithm != .ed25519 else {
                    #expect(
                        await error {
                            _ = try await bench.engine.sign(.digest(message), by: algorithm, with: made.key)
                        }?
                        .isInvalid == true)
                    continue
                }
                let digest = algorithm.digest.hash(message)
                #expect(publicKey.verifies(signature, of: .digest(digest), by: algorithm))
                let ofDigest = try await bench.engine.sign(.digest(digest), by: algorithm, with: made.key)
                #expect(publicKey.verifies(ofDigest, of: .raw(message), by: algorithm))
                #expect(
                    await error {
                        _ = try await bench.engine.sign(.digest(digest + [0]), by: algorithm, with: made.key)
                    }?
                    .isInvalid
                        == true)
            }
        }

        @Test("RSA opens what was encrypted for it", arguments: EngineUnderTest.allCases, OAEPDigest.allCases)
        func decryption(_ which: EngineUnderTest, _ digest: OAEPDigest) async throws {
            let bench = try which.bench()
            let made = try await bench.engine.generate(.pair(.rsa2048), for: bench.context)
            let publicKey = try half(of: made)
            let longest = try #require(publicKey.longestText(by: digest))
            for count in [0, 1, longest] {
                let clear = [UInt8](repeating: 6, count: count)
                let ciphertext = try #require(publicKey.encrypt(clear, by: digest))
                #expect(try await bench.engine.decrypt(ciphertext, by: digest, with: made.key) == clear)
                let other: OAEPDigest = digest == .sha1 ? .sha256 : .sha1
                #expect(
                    await error { _ = try await bench.engine.decrypt(ciphertext, by: other, with: made.key) }?.isInvalid
                        == true)
            }
            #expect(publicKey.encrypt([UInt8](repeating: 6, count: longest + 1), by: digest) == nil)
            for ciphertext in [
                [], [1], [UInt8](repeating: 0, count: 256), [UInt8](repeating: 255, count: 256),
                [UInt8](repeating: 1, count: 257),
            ] {
                #expect(
                    await error { _ = try await bench.engine.decrypt(ciphertext, by: digest, with: made.key) }?
                        .isInvalid
                        == true)
            }
        }

        @Test(
            "two keys of a curve agree, and of two curves do not", arguments: EngineUnderTest.allCases,
            KeyMaterialKind.curves)
        func agreement(_ which: EngineUnderTest, _ kind: KeyPairKind) async throws {
            let bench = try which.bench()
            guard bench.engine.supports(.pair(kind)) else { return }
            let made = try await bench.engine.generate(.pair(kind), for: bench.context)
            let peer = try KeyPair(kind)
            let secret = try await bench.engine.agree(withPeer: peer.publicKey, with: made.key)
            #expect(secret == (try peer.agree(with: try half(of: made))))
            #expect(secret.count == kind.coordinateBytes)
            let stranger = try KeyPair(kind == .p256 ? .p384 : .p256)
            for key in [stranger.publicKey, [], [1, 2, 3], try KeyPair(.ed25519).publicKey] {
                #expect(
                    await error { _ = try await bench.engine.agree(withPeer: key, with: made.key) }?.isInvalid == true)
            }
        }

        @Test("a key of another kind is refused", arguments: EngineUnderTest.allCases)
        func kinds(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            let aes = try await bench.engine.generate(.aes256, for: bench.context).key
            let pair = try await bench.engine.generate(.pair(.p256), for: bench.context).key
            let engine = bench.engine
            #expect(await error { _ = try await engine.mac([1], with: aes) }?.isInvalid == true)
            #expect(await error { _ = try await engine.seal([1], associated: [], with: pair) }?.isInvalid == true)
            #expect(
                await error { _ = try await engine.sign(.raw([1]), by: .ecdsaSHA256, with: aes) }?.isInvalid == true)
            #expect(await error { _ = try await engine.decrypt([1], by: .sha1, with: pair) }?.isInvalid == true)
            #expect(await error { _ = try await engine.agree(withPeer: [1], with: aes) }?.isInvalid == true)
        }

        @Test(
            "a key still works after it was forgotten, and beside more than are kept ready",
            arguments: EngineUnderTest.allCases)
        func forgotten(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            let key = try await bench.engine.generate(.aes256, for: bench.context).key
            let sealed = try await bench.engine.seal([1], associated: [], with: key)
            bench.engine.forget(key)
            #expect(try await bench.engine.open(sealed, associated: [], with: key) == [1])
        }

        @Test("many tasks may use few keys at once", arguments: EngineUnderTest.allCases)
        func concurrency(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            let aes = try await bench.engine.generate(.aes256, for: bench.context).key
            let pair = try await bench.engine.generate(.pair(.p256), for: bench.context)
            let publicKey = try half(of: pair)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        let message = [UInt8(number)]
                        let sealed = try await bench.engine.seal(message, associated: [], with: aes)
                        let signature = try await bench.engine.sign(.raw(message), by: .ecdsaSHA256, with: pair.key)
                        return try await bench.engine.open(sealed, associated: [], with: aes) == message
                            && publicKey.verifies(signature, of: .raw(message), by: .ecdsaSHA256)
                    }
                }
                for try await isGood in group { #expect(isGood) }
            }
        }
    }
}

@Suite struct ReadyKeysTests {
    @Test("no more keys lie ready than the limits say")
    func bounded() async throws {
        let engine = try SoftwareKeyEngine(
            SoftwareKeyVault.ephemeral(), threads: 1, limits: KeyCacheLimits(symmetric: 8, pairs: 4))
        for number in 0..<40 {
            let context = SealContext("1", "r", "\(number)")
            let key = try await engine.generate(.aes256, for: context).key
            _ = try engine.sealNow([1], associated: [], with: key)
            #expect(engine.readyKeys <= 12)
        }
        #expect(engine.readyKeys > 0)
    }
}

/// A change of the root under the software engine.
@Suite struct SoftwareRootTests {
    private let context = SealContext("111122223333", "eu-central-1", "key")

    @Test("keys under the former root are used and taken over; when that is forgotten they are no keys")
    func former() async throws {
        let engine = try SoftwareKeyEngine(SoftwareKeyVault.ephemeral(), threads: 1)
        let key = try await engine.generate(.textKeys, for: context).key
        let text = try #require(try engine.sealNow([5], associated: [], with: key))
        engine.move(to: SecretKeeper(SecretBytes(randomCount: 32)))
        #expect(engine.hasFormer && !engine.isCurrent(key) && engine.keeps(key.wrapped))
        #expect(try engine.openNow(text, associated: [], with: key) == [5])
        let moved = try await engine.rewrap(key, for: context)
        #expect(engine.isCurrent(moved) && moved.wrapped != key.wrapped)
        #expect(try await engine.isSame(moved, as: key, publicKey: nil))
        let stranger = try await engine.generate(.textKeys, for: context).key
        await #expect(throws: KeyEngineError.self) { try await engine.isSame(stranger, as: key, publicKey: nil) }
        engine.forgetFormer()
        engine.forget(key)
        #expect(!engine.hasFormer && !engine.keeps(key.wrapped) && engine.keeps(moved.wrapped))
        #expect(throws: KeyEngineError.notOurs) { try engine.openNow(text, associated: [], with: key) }
        #expect(try engine.openNow(text, associated: [], with: moved) == [5])
    }

    @Test("what version 1 wrapped, which names no root, is used and taken over all the same")
    func untagged() async throws {
        let vault = SoftwareKeyVault.ephemeral()
        let engine = try SoftwareKeyEngine(vault, threads: 1)
        // As the version wrapped it: HKDF of the vault's key, and AES-256-GCM with kind and context.
        let scope = Array(SealContext("111122223333", "eu-central-1").bytes)
        let wrapper = AESGCM(
            key: HKDF.derive(
                from: try vault.derive(.serviceKeys), salt: Array("gatehouse key engine 1".utf8), info: scope, count: 32
            ))
        let nonce = SecureRandom.bytes(12)
        let material = SecretBytes([UInt8](repeating: 9, count: 32))
        let sealed = wrapper.seal(
            material, nonce: nonce, associated: [KeyMaterialKind.aes256.code] + context.bytes)
        let old = EngineKey(WrappedKey(bytes: [1] + nonce + sealed), .aes256, for: context)
        let own = AESGCM(key: SecretBytes([UInt8](repeating: 9, count: 32)))
        let text = try #require(try engine.sealNow([5], associated: [], with: old))
        #expect(try own.open(Array(text[12...]), nonce: Array(text[..<12])) == [5])
        engine.move(to: SecretKeeper(SecretBytes(randomCount: 32)))
        let moved = try await engine.rewrap(old, for: context)
        engine.forgetFormer()
        #expect(try engine.openNow(text, associated: [], with: moved) == [5])
    }
}
