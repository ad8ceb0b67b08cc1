import AWS
import Crypto
import KMSAPI
import KeyEngine
import KeyVault
import Testing

@testable import KMSService

/// A ciphertext opens where it was made to open, and nowhere else.
struct CiphertextTests {
    /// A material of each version, and what its texts begin with.
    private struct Way {
        let key: EngineKey
        let header: CiphertextHeader
        /// Beside the header and the text.
        let overhead: Int
    }
    private let engine: SoftwareKeyEngine
    private let ways: [Way]
    private let header: CiphertextHeader
    private let context = ["Department": "Engineering", "Project": "Alpha"]
    private let clear = Array("attack at dawn".utf8)

    init() async throws {
        engine = try SoftwareKeyEngine(SoftwareKeyVault.ephemeral(), threads: 1)
        let account = try #require(AccountID("111122223333"))
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab"
        var ways: [Way] = []
        for (kind, overhead) in [(KeyMaterialKind.aes256, 12 + 16), (.textKeys, 16 + 12 + 16)] {
            let key = try await engine.generate(kind, for: KMSKey.context(account, id, 1)).key
            let header = CiphertextHeader(account: account, key: id, number: 1, derives: kind == .textKeys)
            ways.append(Way(key: key, header: header, overhead: overhead))
        }
        self.ways = ways
        header = ways[1].header
    }

    private func sealed(_ way: Way) async throws -> [UInt8] {
        let text = try await engine.seal(clear, associated: way.header.associated(context), with: way.key)
        return Ciphertext(header: way.header, sealed: text).bytes
    }

    /// What Decrypt does with a blob, the look-up of the key aside.
    private func open(_ blob: [UInt8], _ context: [String: String], _ way: Way) async -> [UInt8]? {
        guard let text = Ciphertext(blob) else { return nil }
        return try? await engine.open(text.sealed, associated: text.header.associated(context), with: way.key)
    }

    @Test("a ciphertext opens with its own context, and by the material of its version alone")
    func opens() async throws {
        for (index, way) in ways.enumerated() {
            let blob = try await sealed(way)
            #expect(await open(blob, context, way) == clear)
            #expect(await open(blob, context, ways[1 - index]) == nil)
            #expect(blob.count == CiphertextHeader.byteCount + clear.count + way.overhead)
            #expect(blob[0] == UInt8(index + 1))
            // The same text twice is two ciphertexts, and of version 2 under two keys.
            let other = try await sealed(way)
            #expect(blob[27..<39] != other[27..<39])
        }
    }

    @Test("every bit of a ciphertext counts")
    func everyBit() async throws {
        for way in ways {
            let blob = try await sealed(way)
            for index in blob.indices {
                for bit in 0..<8 {
                    var changed = blob
                    changed[index] ^= 1 << UInt8(bit)
                    #expect(await open(changed, context, way) == nil, "byte \(index), bit \(bit)")
                }
            }
        }
    }

    @Test("no part of a ciphertext is one, nor is more than it")
    func truncations() async throws {
        for way in ways {
            let blob = try await sealed(way)
            for count in 0..<blob.count {
                #expect(await open(Array(blob[..<count]), context, way) == nil, "the first \(count) bytes")
                let rest = Array(blob[count...].dropFirst())
                #expect(await open(rest, context, way) == nil, "without the first \(count + 1)")
            }
            #expect(await open(blob + [0], context, way) == nil)
            #expect(await open([0] + blob, context, way) == nil)
            #expect(await open(blob + blob, context, way) == nil)
        }
    }

    @Test(
        "another context opens nothing",
        arguments: [
            [:], ["Department": "Engineering"], ["Department": "Engineering", "Project": "alpha"],
            ["department": "Engineering", "Project": "Alpha"], ["Department": "Alpha", "Project": "Engineering"],
            ["Department": "Engineering", "Project": "Alpha", "": ""],
            ["DepartmentEngineering": "", "Project": "Alpha"],
        ])
    func otherContexts(_ other: [String: String]) async throws {
        for way in ways { #expect(await open(try await sealed(way), other, way) == nil) }
    }

    @Test(
        "headers read back as they were written",
        arguments: [
            "1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-1234abcd12ab34cd56ef1234567890ab",
            "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ])
    func headers(_ id: String) throws {
        for digits in ["000000000000", "000000000001", "111122223333", "999999999999"] {
            let account = try #require(AccountID(digits))
            for number in [1, 2, 255, 256, 65_536, Int(UInt32.max)] {
                for derives in [false, true] {
                    let header = CiphertextHeader(account: account, key: id, number: number, derives: derives)
                    #expect(header.bytes.count == CiphertextHeader.byteCount)
                    #expect(CiphertextHeader(header.bytes[...]) == header)
                }
            }
        }
    }

    @Test("a single-Region key and a multi-Region one of the same digits are two")
    func kinds() throws {
        let account = try #require(AccountID("111122223333"))
        let (one, other) = (
            CiphertextHeader(
                account: account, key: "1234abcd-12ab-34cd-56ef-1234567890ab", number: 1, derives: true),
            CiphertextHeader(account: account, key: "mrk-1234abcd12ab34cd56ef1234567890ab", number: 1, derives: true)
        )
        #expect(one.bytes != other.bytes)
    }

    @Test("versions, flags, accounts and numbers that do not exist are refused")
    func unknownHeaders() {
        let good = header.bytes
        func changed(_ index: Int, _ byte: UInt8) -> [UInt8] {
            var bytes = good
            bytes[index] = byte
            return bytes
        }
        for version in [0, 3, 255] as [UInt8] { #expect(CiphertextHeader(changed(0, version)[...]) == nil) }
        for flags in [2, 3, 128, 255] as [UInt8] { #expect(CiphertextHeader(changed(1, flags)[...]) == nil) }
        #expect(CiphertextHeader(changed(2, 0xFF)[...]) == nil, "an account of more than twelve digits")
        #expect(CiphertextHeader(changed(26, 0)[...]) == nil, "material number zero")
    }
}
