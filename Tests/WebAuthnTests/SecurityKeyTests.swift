import Formats
import Testing
import WebAuthn

/// Defends: what a security key signed is taken as it is, and nothing else is: not a bit changed, none left out or added.
///
/// Made by a software authenticator with `fido2` and `cryptography` (Tests/Clients/security_key.py): the challenge is the
/// bytes 0 to 55, the page is of `localhost`.
@Suite struct SecurityKeyTests {
    private static func bytes(_ text: String) -> [UInt8] { Base64.decode(text) ?? [] }

    private static let create = bytes(
        "eyJ0eXBlIjogIndlYmF1dGhuLmNyZWF0ZSIsICJjaGFsbGVuZ2UiOiAiQUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZS"
            + "WVhHQmthR3h3ZEhoOGdJU0lqSkNVbUp5Z3BLaXNzTFM0dk1ERXlNelExTmpjIiwgIm9yaWdpbiI6ICJodHRwOi8vbG9jYWxo"
            + "b3N0OjQ1NjYifQ==")
    private static let attestation = bytes(
        "o2NmbXRmcGFja2VkZ2F0dFN0bXSiY2FsZyZjc2lnWEYwRAIgLH17txP8QHKAFrMMQuYolOutgqxcxCBeg+4nqfjWBOgCIE8N"
            + "REG+b6MYht6jEB0hlBe3Z/abnTD0JtMMYTyiZ3PfaGF1dGhEYXRhWKRJlg3liA6MaHQ0Fw9kdmBbj+SuuaKGMseZXPO6gx2X"
            + "Y0EAAAABAAAAAAAAAAAAAAAAAAAAAAAgjh4E9pMNKzakTHekxz3vWe5F4xqEm78I6RahXnzkyXqlAQIDJiABIVggnEfXgCqv"
            + "OU7U1zhCUYynNtKFLe4QX/PPlboMJMe8gaoiWCBqMhorXATl0frWe9eekaJ8IW4/p8FA2U2xMiY622AojQ==")
    private static let unattested = bytes(
        "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4/krrmihjLHmVzzuoMdl2NBAAAAAgAAAAAA"
            + "AAAAAAAAAAAAAAAAII4eBPaTDSs2pEx3pMc971nuReMahJu/COkWoV585Ml6pQECAyYgASFYIJxH14AqrzlO1Nc4QlGMpzbS"
            + "hS3uEF/zz5W6DCTHvIGqIlggajIaK1wE5dH61nvXnpGifCFuP6fBQNlNsTImOttgKI0=")
    private static let get = bytes(
        "eyJ0eXBlIjogIndlYmF1dGhuLmdldCIsICJjaGFsbGVuZ2UiOiAiQUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhH"
            + "QmthR3h3ZEhoOGdJU0lqSkNVbUp5Z3BLaXNzTFM0dk1ERXlNelExTmpjIiwgIm9yaWdpbiI6ICJodHRwOi8vbG9jYWxob3N0"
            + "OjQ1NjYifQ==")
    private static let data = bytes(
        "SZYN5YgOjGh0NBcPZHZgW4/krrmihjLHmVzzuoMdl2MBAAAAAw==")
    private static let signature = bytes(
        "MEUCIQC7IPH4INnI73hyabOKwi61Pcjre0rLPbLYjKLAgUkzaQIgQx+NVoaF+5ad5qOpbSoYMKqe14KhfLvO4wrQlG4Lw1E=")

    private func registered() throws -> SecurityKey {
        let client = try #require(ClientData(Self.create, .create))
        return try #require(SecurityKey(registering: Self.attestation, client))
    }

    @Test func registersAndProves() throws {
        let client = try #require(ClientData(Self.create, .create))
        #expect(client.challenge == Array(0..<56))
        #expect(client.host == "localhost")
        let key = try registered()
        #expect(key.id.count == 32)
        #expect(key.algorithm == -7)
        #expect(key.counter == 1)
        #expect(try #require(SecurityKey(registering: Self.unattested, client)).publicKey == key.publicKey)
        let answer = try #require(ClientData(Self.get, .get))
        #expect(key.counter(asserting: Self.data, Self.signature, answer) == 3)
    }

    @Test func aCounterThatDoesNotGrowIsRefused() throws {
        let (key, answer) = (try registered(), try #require(ClientData(Self.get, .get)))
        for counter in [3, 4, UInt32.max] {
            let later = SecurityKey(
                id: key.id, algorithm: key.algorithm, publicKey: key.publicKey, counter: counter, model: key.model)
            #expect(later.counter(asserting: Self.data, Self.signature, answer) == nil)
        }
    }

    @Test func nothingChangedIsTaken() throws {
        let client = try #require(ClientData(Self.create, .create))
        // The statement's `alg` repeats what the signed part says, and libfido2 can do without it.
        let repeated = 22...24
        for index in Self.attestation.indices where !repeated.contains(index) {
            var changed = Self.attestation
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(SecurityKey(registering: changed, client) == nil, "\(index)")
            #expect(SecurityKey(registering: Array(Self.attestation.prefix(index)), client) == nil, "\(index)")
        }
        #expect(SecurityKey(registering: Self.attestation + [0], client) == nil)
        let (key, answer) = (try registered(), try #require(ClientData(Self.get, .get)))
        for index in Self.data.indices {
            var changed = Self.data
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(key.counter(asserting: changed, Self.signature, answer) == nil, "\(index)")
        }
        for index in Self.signature.indices {
            var changed = Self.signature
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(key.counter(asserting: Self.data, changed, answer) == nil, "\(index)")
        }
        var spaced = Self.get
        spaced.append(UInt8(ascii: " "))
        let other = try #require(ClientData(spaced, .get))
        #expect(key.counter(asserting: Self.data, Self.signature, other) == nil)
    }

    @Test func keysOfOtherAlgorithmsAreNone() throws {
        let (key, answer) = (try registered(), try #require(ClientData(Self.get, .get)))
        for algorithm in [-8, -257, -35, 0, 7] {
            let other = SecurityKey(
                id: key.id, algorithm: algorithm, publicKey: key.publicKey, counter: 1, model: key.model)
            #expect(other.counter(asserting: Self.data, Self.signature, answer) == nil)
        }
    }

    /// CBOR that is deep, endless or not what it says must end, with no key.
    @Test(
        arguments: [
            [], [0xA3], [0xBF], [0xA3, 0x63], [0xA3, 0x7A, 0xFF, 0xFF, 0xFF, 0xFF],
            [0xA3, 0x63, 0x66, 0x6D, 0x74, 0x60],
            [0xA3, 0x67, 0x61, 0x74, 0x74, 0x53, 0x74, 0x6D, 0x74, 0xBA, 0xFF, 0xFF, 0xFF, 0xFF],
            [0xA3, 0x67, 0x61, 0x74, 0x74, 0x53, 0x74, 0x6D, 0x74] + [UInt8](repeating: 0xA1, count: 5000),
        ] as [[UInt8]]) func garbageIsNoKey(_ bytes: [UInt8]) throws
    {
        #expect(SecurityKey(registering: bytes, try #require(ClientData(Self.create, .create))) == nil)
    }

    @Test(arguments: [
        "{}", "[]", "", #"{"type":"webauthn.get","challenge":"AAAA","origin":"https://a.example"}"#,
        #"{"type":"webauthn.create","challenge":"AA+A","origin":"https://a.example"}"#,
        #"{"type":"webauthn.create","challenge":"AAA=","origin":"https://a.example"}"#,
        #"{"type":"webauthn.create","challenge":"AAAA","origin":"http://a.example"}"#,
        #"{"type":"webauthn.create","challenge":"AAAA","origin":"https://"}"#,
        #"{"type":"webauthn.create","challenge":"AAAA","origin":"https://a.example:"}"#,
        #"{"type":"webauthn.create","challenge":"AAAA","origin":"https://a.example/x"}"#,
        #"{"type":"webauthn.create","challenge":"AAAA","origin":"https://A.example"}"#,
        #"{"type":"webauthn.create","challenge":"AAAA","origin":"https://u@a.example"}"#,
        #"{"type":"webauthn.create","challenge":"AAAA","origin":"https://a.example","crossOrigin":true}"#,
        #"{"type":"webauthn.create","challenge":"AAAA","origin":"https://a.example","origin":"https://b.example"}"#,
        #"{"type":"webauthn.create","challenge":"AAAA","origin":"https://a.example"}x"#,
    ]) func clientDataThatIsRefused(_ text: String) {
        #expect(ClientData(Array(text.utf8), .create) == nil)
    }

    @Test func clientDataThatIsTaken() throws {
        let text =
            #"{"type":"webauthn.create","challenge":"-_8","origin":"https://a.example:8443","crossOrigin":false,"new":{"x":[1]}}"#
        let client = try #require(ClientData(Array(text.utf8), .create))
        #expect(client.challenge == [0xFB, 0xFF])
        #expect(client.host == "a.example")
    }
}
