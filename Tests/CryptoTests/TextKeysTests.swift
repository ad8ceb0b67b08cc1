import Crypto
import Testing

/// Keys of texts against answers of another library: `KBKDFHMAC` (SHA-256, counter mode, counter before the fixed input, both
/// lengths of four bytes) and `AESGCM` of Python's cryptography 50.0.2.
@Suite struct TextKeysTests {
    struct Vector: Sendable {
        let material, text, key, sealed: String
    }
    private static let nonce = (100..<112).map { UInt8($0) }
    private static let clear = bytes("attack at dawn")

    static let vectors = [
        Vector(
            material: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            text: "000102030405060708090a0b0c0d0e0f",
            key: "1aa60fd584c877b3b71443fc38b5962a082e8ea419fa7491fe8a10cc5f82aacb",
            sealed: "6465666768696a6b6c6d6e6f8e8414c276144b5397184378551e01aac3bd0896042f8977bbe644ac6a15"),
        Vector(
            material: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            text: "00000000000000000000000000000000",
            key: "aa4de163ef703035fa5044f009f8a2967cf8cd86f3bd73d1e8e7bade1d415abf",
            sealed: "6465666768696a6b6c6d6e6f49df44cc4b9b2d847f74f2e1ec4c3ecbcea5622c44143f152d5bd622d4ca"),
        Vector(
            material: "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f",
            text: "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
            key: "98e4ec088094b840d31aef423e804599bad84ddcb43ea6c6cb9bb6a6efe09065",
            sealed: "6465666768696a6b6c6d6e6f05dc52d0e746165d11157e2307d8408ff4dd73539669b8cf4cc679533110"),
    ]

    @Test("the key of a text, and the text under it, are those of another library", arguments: vectors)
    func answers(_ vector: Vector) throws {
        let text = hex(vector.text)
        let keys = TextKeys(SecretBytes(hex(vector.material)))
        // Twice: the second time with a context that was used before.
        for _ in 0..<2 { #expect(keys.key(of: text).revealed() == hex(vector.key)) }
        // What a token is asked for is the same.
        let asked = HMACSHA256.authenticate(DerivedText.input(text), key: hex(vector.material))
        #expect(asked == hex(vector.key))
        let sealed = keys.seal(Self.clear, text: text, nonce: Self.nonce, associated: bytes("associated"))
        #expect(sealed == text + hex(vector.sealed))
        #expect(try keys.open(sealed, associated: bytes("associated")) == Self.clear)
    }

    @Test("threads that use one material at once do not meet")
    func threads() async {
        let keys = TextKeys(SecretBytes([UInt8](repeating: 7, count: 32)))
        let expected = (0..<64).map { keys.key(of: [UInt8](repeating: UInt8($0), count: 16)).revealed() }
        #expect(Set(expected).count == 64)
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    (0..<200).allSatisfy { turn in
                        let number = (task * 7 + turn) % 64
                        let key = keys.key(of: [UInt8](repeating: UInt8(number), count: 16)).revealed()
                        return key == expected[number]
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
