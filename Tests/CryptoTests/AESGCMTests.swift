import Crypto
import Testing

@Suite struct AESGCMTests {
    let gcm = AESGCM(key: SecretBytes(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")))
    let nonce = hex("cafebabefacedbaddecaf888")
    let associated = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    let clear = hex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
    let sealed = hex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b")

    @Test func knownAnswer() throws {
        // Defends: sealing and opening against case 16 of the GCM specification.
        #expect(gcm.seal(clear, nonce: nonce, associated: associated) == sealed)
        #expect(try gcm.open(sealed, nonce: nonce, associated: associated) == clear)
        #expect(gcm.seal([], nonce: [UInt8](repeating: 0, count: 12)).count == 16)
        #expect(try gcm.open(gcm.seal([], nonce: nonce), nonce: nonce).isEmpty)
    }

    @Test func inPlace() throws {
        // Defends: the in-place forms change their range only, and agree with the others.
        var buffer = [1, 2] + clear + [3]
        let range = 2..<2 + clear.count
        let tag = gcm.sealInPlace(&buffer, range, nonce: nonce, associated: associated)
        #expect(buffer[range] + tag == sealed[...])
        #expect(buffer[..<2] == [1, 2] && buffer.last == 3)
        try gcm.openInPlace(&buffer, range, tag: tag, nonce: nonce, associated: associated)
        #expect(buffer == [1, 2] + clear + [3])
    }

    @Test func forgery() {
        // Defends: any flipped bit is refused, and nothing of the clear text is left.
        for index in sealed.indices {
            var forged = sealed
            forged[index] ^= 1
            #expect(throws: AESGCM.AuthenticationFailed.self) {
                try gcm.open(forged, nonce: nonce, associated: associated)
            }
        }
        #expect(throws: AESGCM.AuthenticationFailed.self) { try gcm.open(sealed, nonce: nonce) }
        #expect(throws: AESGCM.AuthenticationFailed.self) { try gcm.open([1, 2, 3], nonce: nonce) }
        var buffer = clear
        var tag = gcm.sealInPlace(&buffer, nonce: nonce)
        tag[0] ^= 1
        #expect(throws: AESGCM.AuthenticationFailed.self) { try gcm.openInPlace(&buffer, tag: tag, nonce: nonce) }
        #expect(buffer == [UInt8](repeating: 0, count: clear.count))
    }

    @Test func manyThreads() async {
        // Defends: one key may be used by many threads at once.
        let (gcm, clear, nonce, associated, sealed) = (gcm, clear, nonce, associated, sealed)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    (0..<300).allSatisfy { _ in
                        gcm.seal(clear, nonce: nonce, associated: associated) == sealed
                            && (try? gcm.open(sealed, nonce: nonce, associated: associated)) == clear
                    }
                }
            }
            for await same in group { #expect(same) }
        }
    }
}
