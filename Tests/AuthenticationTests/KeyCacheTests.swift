import AWS
import Crypto
import HTTP
import Testing
import World

@testable import Authentication

/// Derived keys, and the facts that a verified request carries.
@Suite struct KeyCacheTests {
    private func credential(_ secret: String, version: UInt64) -> Credential {
        Credential(
            accessKeyID: "AKIDEXAMPLE", secret: SecretBytes(bytes(secret)), version: version, principal: .service("a"))
    }

    private func scope(_ text: String) throws -> CredentialScope { try #require(CredentialScope(bytes(text)[...])) }

    @Test func derivation() throws {
        // Defends: the derivation against the example of the IAM User Guide's earlier edition.
        let key = SigningKey(
            secret: SecretBytes(bytes("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")),
            scope: try scope("AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request"))
        let text = bytes(
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
                + "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59")
        #expect(
            Hexadecimal.string(key.sign(text)) == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
    }

    @Test func renewal() throws {
        // Defends: a new secret of the same key is not judged by keys derived from the old one.
        let cache = SigningKeyCache()
        let place = try scope("AKIDEXAMPLE/20260102/us-east-1/iam/aws4_request")
        let first = cache.key(for: credential("one", version: 1), place)
        #expect(cache.key(for: credential("one", version: 1), place) === first)
        let second = cache.key(for: credential("two", version: 2), place)
        #expect(second !== first)
        #expect(second.sign([1]) != first.sign([1]))
        let tomorrow = try scope("AKIDEXAMPLE/20260103/us-east-1/iam/aws4_request")
        #expect(cache.key(for: credential("one", version: 1), tomorrow).sign([1]) != first.sign([1]))
    }

    @Test func bounded() throws {
        // Defends: the cache does not grow without end, and still answers rightly afterwards.
        let cache = SigningKeyCache()
        let known = credential("one", version: 1)
        let place = try scope("AKIDEXAMPLE/20260102/us-east-1/iam/aws4_request")
        let before = cache.key(for: known, place).sign([1])
        for version in 2..<UInt64(SigningKeyCache.capacity + 10) {
            _ = cache.key(for: credential("x", version: version), place)
        }
        #expect(cache.key(for: known, place).sign([1]) == before)
    }

    @Test func names() throws {
        // Defends: keys of many versions of one secret, one for every change of identities, do not fall into one bucket.
        let place = try scope("AKIDEXAMPLE/20260102/us-east-1/iam/aws4_request").whole
        let hashes = Set((0..<1000).map { SigningKeyCache.Name(credential: place, version: $0).hashValue })
        #expect(hashes.count > 990)
    }

    @Test func manyAtOnce() async {
        // Defends: one authenticator serves many threads.
        let authenticator = Authenticator(credentials: StubCredentials())
        let head = SignedRequest(service: .s3, target: "/b/k?x=y").head()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<200).allSatisfy { _ in
                        (try? authenticator.authenticate(
                            head, for: .s3, payload: .fromHeader, at: .init(wall: testTime, now: testTime))) != nil
                    }
                }
            }
            for await accepted in group { #expect(accepted) }
        }
    }

    @Test func callerFacts() throws {
        // Defends: what conditions and records need to know of a signature.
        let authenticator = Authenticator(credentials: StubCredentials())
        let times = Authenticator.Times(wall: testTime + .seconds(7), now: testTime)
        let found = try authenticator.authenticate(
            SignedRequest(service: .s3, contentHash: "UNSIGNED-PAYLOAD").head(), for: .s3, payload: .fromHeader,
            at: times)
        #expect(found.caller.method == .header && found.payload == .unsigned)
        #expect(found.caller.accessKeyID == "AKIDEXAMPLE" && found.caller.session == nil)
        #expect(found.caller.signed == testTime && found.caller.signatureAge == 7000)
        #expect(found.caller.signedHeaders == ["host", "x-amz-content-sha256", "x-amz-date"])
        #expect(found.caller.principal.arn == "arn:aws:iam::111122223333:user/ada")
    }
}
