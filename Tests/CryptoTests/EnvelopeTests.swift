import Crypto
import Testing

/// Defends texts under data keys: they open with their key, as what they belong to, and not else.
@Suite struct EnvelopeTests {
    private static let key = [UInt8](0..<32)
    private static let clear = Array("secret".utf8)

    private func sealed(_ associated: [UInt8]) -> [UInt8] {
        var key = Self.key
        defer { #expect(key.isEmpty) }
        return Envelope.seal(Self.clear, under: &key, associated: associated)
    }

    @Test func whatWasSealedOpens() throws {
        var key = Self.key
        #expect(try Envelope.open(sealed([1, 2]), under: &key, associated: [1, 2]) == Self.clear)
        #expect(key.isEmpty && sealed([]) != sealed([]))
    }

    @Test func nothingElseOpens() {
        let text = sealed([1])
        for index in text.indices {
            var (changed, key) = (text, Self.key)
            changed[index] ^= 1
            #expect(throws: AESGCM.AuthenticationFailed.self) {
                try Envelope.open(changed, under: &key, associated: [1])
            }
        }
        let wrong: [(text: [UInt8], associated: [UInt8], first: UInt8)] = [
            (text, [2], 0), (text, [], 0), (Array(text.dropLast()), [1], 0), (text, [1], 1),
        ]
        for one in wrong {
            var key = [UInt8](one.first..<one.first + 32)
            #expect(throws: AESGCM.AuthenticationFailed.self) {
                try Envelope.open(one.text, under: &key, associated: one.associated)
            }
        }
        var short = [UInt8](0..<16)
        #expect(throws: AESGCM.AuthenticationFailed.self) {
            try Envelope.open(text, under: &short, associated: [1])
        }
    }
}
