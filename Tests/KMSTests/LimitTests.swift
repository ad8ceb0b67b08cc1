import Crypto
import KMSAPI
import Testing

@testable import KMSService

/// What requests may ask for.
struct LimitTests {
    @Test("a data key's length is said once, by its spec or in bytes")
    func dataKeyLength() throws {
        #expect(try DataKeyLength.bytes(.aes256, nil) == 32)
        #expect(try DataKeyLength.bytes(.aes128, nil) == 16)
        for count in [1, 32, 1024] { #expect(try DataKeyLength.bytes(nil, count) == count) }
        #expect(throws: KMS.ValidationException.self) { try DataKeyLength.bytes(nil, nil) }
        #expect(throws: KMS.ValidationException.self) { try DataKeyLength.bytes(.aes256, 32) }
    }

    @Test("data key pairs are of all specs but those of China", arguments: KMS.DataKeyPairSpec.values)
    func dataPairs(_ name: String) throws {
        let spec = KMS.DataKeyPairSpec(rawValue: name)
        guard name != "SM2" else {
            #expect(throws: KMS.UnsupportedOperationException.self) { try DataPairKind.of(spec) }
            return
        }
        #expect(KeySpecification(rawValue: name)?.pair == (try DataPairKind.of(spec)))
    }

    @Test("a dry run that all else let pass is told so")
    func dryRun() throws {
        try DryRun.check(nil)
        try DryRun.check(false)
        #expect(throws: KMS.DryRunOperationException.self) { try DryRun.check(true) }
    }

    @Test("modifiers of a dry run need one")
    func modifiers() throws {
        #expect(try DryRun.ignoresCiphertext(true, [.ignoreCiphertext]))
        #expect(try !DryRun.ignoresCiphertext(true, nil))
        #expect(try !DryRun.ignoresCiphertext(nil, []))
        #expect(throws: KMS.ValidationException.self) { try DryRun.ignoresCiphertext(nil, [.ignoreCiphertext]) }
        #expect(throws: KMS.ValidationException.self) { try DryRun.ignoresCiphertext(false, [.ignoreCiphertext]) }
    }

    @Test("a request that decrypts names a key or a text that names one")
    func decryption() throws {
        func request(
            _ blob: [UInt8]?, _ key: String?, _ algorithm: KMS.EncryptionAlgorithmSpec? = nil, dryRun: Bool? = nil,
            _ modifiers: [KMS.DryRunModifierType]? = nil
        ) throws -> CiphertextRequest {
            try CiphertextRequest(blob, keyID: key, by: algorithm, nil, dryRun: dryRun, modifiers)
        }
        #expect(try request([1], nil).algorithm == .symmetricDefault)
        #expect(try request([1], "k", .rsaesOaepSha256).algorithm == .rsaesOaepSha256)
        #expect(try request(nil, "k", dryRun: true, [.ignoreCiphertext]).ignoresCiphertext)
        #expect(throws: KMS.ValidationException.self) { try request(nil, "k") }
        #expect(throws: KMS.ValidationException.self) { try request([1], nil, .rsaesOaepSha256) }
        #expect(throws: KMS.ValidationException.self) { try request([1], nil, dryRun: true, [.ignoreCiphertext]) }
    }

    @Test("no request brings or names more tags than a key can have")
    func tags() throws {
        func tags(_ count: Int) -> [KMS.Tag] { (0..<count).map { KMS.Tag(tagKey: "\($0)", tagValue: "") } }
        try KeyTags.bound(nil)
        try KeyTags.bound(tags(50))
        try KeyTags.bound(names: tags(50).map(\.tagKey))
        #expect(throws: KMS.TagException.self) { try KeyTags.bound(tags(51)) }
        #expect(throws: KMS.TagException.self) { try KeyTags.bound(names: tags(51).map(\.tagKey)) }
    }

    @Test("grant tokens are base64")
    func grantTokens() throws {
        for text in ["", "not a token", "AAAA"] {
            #expect(throws: KMS.InvalidGrantTokenException.self) { _ = try GrantToken(text) }
        }
    }
}
