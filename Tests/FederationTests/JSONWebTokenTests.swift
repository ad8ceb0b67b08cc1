import Crypto
import Federation
import Formats
import Testing

/// Defends: only what a provider's key signed, in the compact form and by an asymmetric algorithm, is a good token.
@Suite struct JSONWebTokenTests {
    private let forge: TokenForge

    init() throws { forge = try TokenForge.shared() }

    @Test func whatAKeySignedIsGood() throws {
        let keys = try forge.keys()
        let token = try JSONWebToken(try forge.token())
        #expect(token.keyID == "first" && token.algorithm == .rs256 && token.claims == ["sub": .text("alice")])
        #expect(keys.knows(token) && keys.signed(token))
        let padded = try JSONWebToken(try forge.token(header: #"{"alg":"PS512"}"#, .ps512))
        #expect(keys.knows(padded) == false)
        let curved = try JSONWebToken(
            try forge.token(header: #"{"alg":"ES384","kid":"second"}"#, by: forge.ec, .es384))
        #expect(keys.signed(curved))
        // Without a name it may be any key of that algorithm.
        #expect(keys.signed(try JSONWebToken(try forge.token(header: #"{"alg":"RS256"}"#))))
    }

    @Test func whatNobodySignedIsNot() throws {
        let keys = try forge.keys()
        #expect(!keys.signed(try JSONWebToken(try forge.token(by: forge.other))))
        let parts = try forge.token().split(separator: ".")
        let payload = Base64URL.encode(Array(#"{"sub":"admin"}"#.utf8))
        #expect(!keys.signed(try JSONWebToken("\(parts[0]).\(payload).\(parts[2])")))
        #expect(!keys.signed(try JSONWebToken("\(parts[0]).\(parts[1])." + Base64URL.encode([1, 2, 3]))))
        #expect(!keys.signed(try JSONWebToken("\(parts[0]).\(parts[1]).")))
    }

    @Test func noKeyIsTakenForOneOfAnotherKind() throws {
        let keys = try forge.keys()
        for header in [
            #"{"alg":"RS256","kid":"second"}"#, #"{"alg":"RS256","kid":"third"}"#, #"{"alg":"RS256","kid":""}"#,
            #"{"alg":"RS384","kid":"first"}"#, #"{"alg":"PS256","kid":"first"}"#,
            #"{"alg":"ES384","kid":"first"}"#, #"{"alg":"ES256","kid":"second"}"#,
        ] {
            let token = try JSONWebToken(try forge.token(header: header))
            #expect(!keys.knows(token) && !keys.signed(token), "\(header)")
        }
    }

    @Test(arguments: ["none", "None", "NONE", "", "HS256", "HS384", "HS512", "rs256", "RSA1_5", "dir", "EdDSA", "RS1"])
    func algorithmsThatAnybodyCanSignWith(_ name: String) throws {
        #expect(refusal(try forge.token(header: #"{"alg":"\#(name)","kid":"first"}"#)) == .algorithm)
    }

    @Test func aPublicKeyIsNoSecret() throws {
        // A keyed hash whose key is the public key, in two forms an attacker might guess: under its own name, and under the
        // name of the key's algorithm.
        let (modulus, _) = try forge.rsa.rsaNumbers()
        let shown = try JSONWebKeySet.shown(forge.rsa, .rs256, keyID: "first")
        for key in [modulus, Array(shown.utf8)] {
            for (algorithm, expected) in [("HS256", JSONWebToken.Refusal.algorithm), ("RS256", nil)] {
                let content =
                    Base64URL.encode(Array(#"{"alg":"\#(algorithm)","kid":"first"}"#.utf8)) + "."
                    + Base64URL.encode(Array(#"{"sub":"admin"}"#.utf8))
                let code = HMACSHA256.authenticate(Array(content.utf8), key: key)
                let text = content + "." + Base64URL.encode(code)
                #expect(refusal(text) == expected)
                if expected == nil { #expect(!(try forge.keys().signed(try JSONWebToken(text)))) }
            }
        }
    }

    @Test(arguments: [
        #"{"alg":"RS256","crit":["exp"]}"#, #"{"alg":"RS256","crit":[]}"#, #"{"alg":"RS256","crit":null}"#,
        #"{"alg":"RS256","b64":false}"#, #"{"alg":"RS256","b64":true}"#, #"{"alg":"RS256","zip":"DEF"}"#,
        #"{"alg":"RS256","enc":"A256GCM"}"#,
    ])
    func headersThatAskForMore(_ header: String) throws {
        #expect(refusal(try forge.token(header: header)) == .extended)
    }

    @Test(arguments: [
        #"{"alg":"RS256","alg":"ES256"}"#, #"{"alg":"RS256","kid":"a","k\u0069d":"b"}"#, #"{"alg":"RS256","kid":1}"#,
        #"{"alg":"RS256"} x"#, #"["RS256"]"#, "", "RS256", #"{"alg":"RS256""#,
    ])
    func headersThatSayTwoThings(_ header: String) throws {
        #expect(refusal(try forge.token(header: header)) == .malformed)
    }

    @Test func keysInTheHeaderAreNotLookedAt() throws {
        let own = try JSONWebKeySet.shown(forge.other, .rs256, keyID: "first")
        for header in [
            #"{"alg":"RS256","kid":"first","jwk":\#(own)}"#,
            #"{"alg":"RS256","kid":"first","jku":"http://127.0.0.1:1/keys","x5u":"http://127.0.0.1:1/"}"#,
        ] {
            let token = try JSONWebToken(try forge.token(header: header, by: forge.other))
            #expect(!(try forge.keys().signed(token)))
        }
    }

    @Test(arguments: [
        #"{"sub":"alice","sub":"admin"}"#, #"{"sub":"alice","s\u0075b":"admin"}"#, #"{"a":{"b":1,"b":2}}"#,
        "[]", "null", "{", #"{"sub":"\ud800"}"#, #"{"a":01}"#, #"{"a":1}{"a":2}"#,
    ])
    func payloadsThatReadersDifferOn(_ payload: String) throws {
        #expect(refusal(try forge.token(payload)) == .malformed)
    }

    @Test func deepAndLongOnesEnd() throws {
        let deep = #"{"a":"# + String(repeating: "[", count: 17) + String(repeating: "]", count: 17) + "}"
        #expect(refusal(try forge.token(deep)) == .malformed)
        #expect(refusal(try forge.token(#"{"a":"\#(String(repeating: "a", count: 15_000))"}"#)) == .malformed)
        #expect(refusal(try forge.token(#"{"a":"\#(String(repeating: "a", count: 10_000))"}"#)) == nil)
    }

    @Test func theCompactFormIsExact() throws {
        let good = try forge.token()
        #expect(refusal(good) == nil)
        for bad in [
            good + ".", "." + good, good + "=", good + " ", " " + good, good + "\n", good.replacing(".", with: ".."),
            String(good.dropLast(good.count / 2)), "", ".", "..", "...", good.replacing("e", with: "+"),
            good.replacing("e", with: "/"), good.replacing(".", with: ". "), good.replacing(".", with: "\u{0}."),
        ] {
            #expect(refusal(bad) == .malformed, "\(bad)")
        }
    }

    @Test func theLastDigitHasNoFreeBits() throws {
        // 256 bytes are 342 digits, of which the last has two bits: another last digit is another text of one signature.
        let good = try forge.token()
        let last = try #require(good.last)
        for digit in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" where digit != last {
            let other = good.dropLast() + String(digit)
            if let token = try? JSONWebToken(String(other)) { #expect(!(try forge.keys().signed(token))) }
        }
    }
}
