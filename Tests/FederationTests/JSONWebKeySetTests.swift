import Crypto
import Federation
import Formats
import Testing

/// Defends: a set's keys are those that may check signatures, and every other entry is passed over.
@Suite struct JSONWebKeySetTests {
    private let forge: TokenForge

    init() throws { forge = try TokenForge.shared() }

    /// Whether a set of this one entry takes what the forge's RSA key signed.
    private func takes(_ changes: (inout String) -> Void) throws -> Bool {
        var entry = try JSONWebKeySet.shown(forge.rsa, .rs256, keyID: "first")
        changes(&entry)
        return try JSONWebKeySet(Array("{\"keys\":[\(entry)]}".utf8)).signed(try JSONWebToken(try forge.token()))
    }

    @Test func keysForSignaturesAreTaken() throws {
        #expect(try takes { _ in })
        #expect(try takes { $0.replace(#""use":"sig","#, with: "") })
        #expect(try takes { $0.replace(#""alg":"RS256","#, with: "") })
        #expect(try takes { $0.replace("{", with: #"{"key_ops":["verify"],"x5c":["AAAA"],"new":{"a":[1]},"#) })
    }

    @Test func otherKeysArePassedOver() throws {
        #expect(try takes { $0.replace(#""use":"sig""#, with: #""use":"enc""#) } == false)
        #expect(try takes { $0.replace(#""alg":"RS256""#, with: #""alg":"RS512""#) } == false)
        #expect(try takes { $0.replace(#""kid":"first""#, with: #""kid":"First""#) } == false)
        #expect(try takes { $0.replace(#""kid":"first","#, with: "") } == false)
        #expect(try takes { $0.replace("{", with: #"{"key_ops":["encrypt"],"#) } == false)
        #expect(try takes { $0.replace("{", with: #"{"d":"AQAB","#) } == false)
        #expect(try takes { $0.replace(#""kty":"RSA""#, with: #""kty":"oct""#) } == false)
        #expect(try takes { $0.replace(#""kty":"RSA""#, with: #""kty":"EC""#) } == false)
        #expect(try takes { $0.replace(#""n":""#, with: #""n":"="#) } == false)
    }

    @Test func oneBadKeyDoesNotHideTheNext() throws {
        let good = try JSONWebKeySet.shown(forge.rsa, .rs256, keyID: "first")
        let set = try JSONWebKeySet(
            Array(#"{"keys":[1,{},{"kty":"RSA"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},\#(good)]}"#.utf8))
        #expect(set.signed(try JSONWebToken(try forge.token())))
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"keys":{}}"#, #"{"keys":[]"#, #"{"keys":[],"keys":[]}"#,
        #"{"keys":[{"kid":"a","kid":"b"}]}"#,
        "{\"keys\":[" + Array(repeating: "1", count: 101).joined(separator: ",") + "]}",
    ])
    func noSets(_ text: String) {
        #expect(throws: JSONWebKeySet.Malformed.self) { try JSONWebKeySet(Array(text.utf8)) }
    }

    @Test func weakAndAbsurdNumbersAreNoKeys() {
        let (long, odd) = ([UInt8](repeating: 0xFF, count: 256), [1, 0, 1] as [UInt8])
        #expect(PublicKey(modulus: long, exponent: odd) != nil)
        #expect(PublicKey(modulus: Array(long.dropLast()), exponent: odd) == nil)
        #expect(PublicKey(modulus: [UInt8](repeating: 0xFF, count: 1025), exponent: odd) == nil)
        #expect(PublicKey(modulus: [UInt8](repeating: 0, count: 256), exponent: odd) == nil)
        // A signature to the power of one is its own message: everybody can make it.
        for exponent in [[], [0], [1], [0, 1], [2], [1, 0, 0], [UInt8](repeating: 1, count: 9)] as [[UInt8]] {
            #expect(PublicKey(modulus: long, exponent: exponent) == nil, "\(exponent)")
        }
        #expect(PublicKey(on: .p256, x: [UInt8](repeating: 1, count: 32), y: [UInt8](repeating: 1, count: 32)) == nil)
        #expect(PublicKey(on: .p256, x: [UInt8](repeating: 0, count: 32), y: [UInt8](repeating: 0, count: 32)) == nil)
    }
}
