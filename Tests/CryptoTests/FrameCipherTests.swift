import Crypto
import Testing

/// Defends long encrypted texts: no frame can be changed, moved, repeated, left out, or taken for the last.
@Suite struct FrameCipherTests {
    private let cipher = FrameCipher(SecretBytes([UInt8](repeating: 7, count: 32)))

    @Test("a frame opens in its place alone")
    func places() throws {
        let sealed = cipher.seal(Array("frame".utf8), number: 3, isLast: false)
        #expect(try cipher.open(sealed, number: 3, isLast: false) == Array("frame".utf8))
        #expect(throws: AESGCM.AuthenticationFailed.self) { try cipher.open(sealed, number: 3, isLast: true) }
        for number: UInt64 in [0, 2, 4, 3 << 8, 3 << 56] {
            #expect(throws: AESGCM.AuthenticationFailed.self) { try cipher.open(sealed, number: number, isLast: false) }
        }
    }

    @Test("a changed byte, a shorter frame and another key are noticed")
    func changes() throws {
        let sealed = cipher.seal(Array("frame".utf8), number: 0, isLast: true)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: AESGCM.AuthenticationFailed.self) { try cipher.open(changed, number: 0, isLast: true) }
        }
        for count in sealed.indices {
            #expect(throws: AESGCM.AuthenticationFailed.self) {
                try cipher.open(Array(sealed.prefix(count)), number: 0, isLast: true)
            }
        }
        let other = FrameCipher(SecretBytes([UInt8](repeating: 8, count: 32)))
        #expect(throws: AESGCM.AuthenticationFailed.self) { try other.open(sealed, number: 0, isLast: true) }
    }

    @Test("the length in frames")
    func lengths() {
        let size = Int64(FrameCipher.size)
        #expect(FrameCipher.sealedLength(0) == 16)
        #expect(FrameCipher.sealedLength(1) == 17)
        #expect(FrameCipher.sealedLength(size) == size + 16)
        #expect(FrameCipher.sealedLength(size + 1) == size + 33)
    }
}
