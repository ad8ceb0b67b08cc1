import Crypto
import Foundation
import KeyEngine
import KeyVault
import Testing

extension EngineTests {
    /// Answers that others worked out. `Vectors/slice.py` and `Vectors/nist.py` tell where they come from.
    @Suite struct KnownAnswerTests {
        struct Case: Sendable {
            let name: String
            let isValid: Bool
            let columns: [Substring]

            func bytes(_ column: Int) -> [UInt8] { hex(columns[column]) }
        }

        static func cases(_ set: String) throws -> [Case] {
            let lines = try ["wycheproof", "nist"].flatMap { name in
                let file = try #require(Bundle.module.url(forResource: "Vectors/" + name, withExtension: "tsv"))
                return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            }
            let found = lines.compactMap { line -> Case? in
                let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
                guard columns[0] == set else { return nil }
                return Case(name: String(columns[1]), isValid: columns[2] == "valid", columns: Array(columns[3...]))
            }
            try #require(found.count > 10)
            return found
        }

        @Test("AES-GCM opens good texts and no others", arguments: EngineUnderTest.allCases)
        func gcm(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            for vector in try Self.cases("gcm") {
                let key = try await bench.engine.take(SecretBytes(vector.bytes(0)), as: .aes256, for: bench.context).key
                let opened = try? await bench.engine.open(
                    vector.bytes(1) + vector.bytes(4), associated: vector.bytes(2), with: key)
                #expect(opened == (vector.isValid ? vector.bytes(3) : nil), "\(vector.name)")
            }
        }

        @Test("HMAC", arguments: EngineUnderTest.allCases)
        func hmac(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            for vector in try Self.cases("hmac") {
                let algorithm = try #require(MACAlgorithm(rawValue: String(vector.columns[0])))
                guard bench.engine.supports(.hmac(algorithm)) else { continue }
                let key = try await bench.engine.take(
                    SecretBytes(vector.bytes(1)), as: .hmac(algorithm), for: bench.context
                ).key
                #expect(
                    (try await bench.engine.mac(vector.bytes(2), with: key) == vector.bytes(3)) == vector.isValid,
                    "\(vector.name)")
            }
        }

        @Test("RSAES-OAEP opens good texts and no others", arguments: EngineUnderTest.allCases)
        func oaep(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            for vector in try Self.cases("oaep") {
                let digest = try #require(OAEPDigest(rawValue: String(vector.columns[0])))
                let pkcs8 = vector.bytes(1)
                let kind: KeyPairKind = pkcs8.count < 1500 ? .rsa2048 : pkcs8.count < 2000 ? .rsa3072 : .rsa4096
                let key = try await bench.engine.take(SecretBytes(pkcs8), as: .pair(kind), for: bench.context).key
                let clear = try? await bench.engine.decrypt(vector.bytes(2), by: digest, with: key)
                #expect(clear == (vector.isValid ? vector.bytes(3) : nil), "\(vector.name)")
            }
        }

        @Test("signatures are told apart")
        func verification() throws {
            for vector in try Self.cases("verify") {
                let algorithm = try #require(SigningAlgorithm(rawValue: String(vector.columns[0])))
                let key = try #require(PublicKeyInfo(der: vector.bytes(1)), "\(vector.name)")
                let isGood = key.verifies(vector.bytes(3), of: .raw(vector.bytes(2)), by: algorithm)
                #expect(isGood == vector.isValid, "\(vector.name)")
            }
        }

        @Test("ECDH agrees, and with no point that is off the curve", arguments: EngineUnderTest.allCases)
        func ecdh(_ which: EngineUnderTest) async throws {
            let bench = try which.bench()
            let kinds: [Substring: KeyPairKind] = [
                "p256": .p256, "p384": .p384, "p521": .p521, "secp256k1": .secp256k1,
            ]
            for vector in try Self.cases("ecdh") {
                let kind = try #require(kinds[vector.columns[0]])
                guard bench.engine.supports(.pair(kind)) else { continue }
                let key = try await bench.engine.take(SecretBytes(vector.bytes(1)), as: .pair(kind), for: bench.context)
                    .key
                let secret = try? await bench.engine.agree(withPeer: vector.bytes(2), with: key)
                #expect(secret == (vector.isValid ? vector.bytes(3) : nil), "\(vector.name)")
            }
        }

        @Test("AES key wrap with padding")
        func keyWrap() throws {
            for vector in try Self.cases("kwp") {
                let text = Self.opened(vector.bytes(2), vector.bytes(0))
                #expect(text == (vector.isValid ? vector.bytes(1) : nil), "\(vector.name)")
                if vector.isValid {
                    #expect(
                        AESKeyWrap.wrap(SecretBytes(vector.bytes(1)), under: SecretBytes(vector.bytes(0)))
                            == vector.bytes(2))
                }
            }
        }

        private static func opened(_ wrapped: [UInt8], _ key: [UInt8]) -> [UInt8]? {
            guard let opened = AESKeyWrap.unwrap(wrapped, under: SecretBytes(key)) else { return nil }
            return clear(opened)
        }
    }
}
