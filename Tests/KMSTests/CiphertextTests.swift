import AWS
import Crypto
import KMSAPI
import KeyEngine
import KeyVault
import Testing

@testable import KMSService

/// A ciphertext opens where it was made to open, and nowhere else.
struct CiphertextTests {
    private let engine: SoftwareKeyEngine
    private let key: EngineKey
    private let header: CiphertextHeader
    private let context = ["Department": "Engineering", "Project": "Alpha"]
    private let clear = Array("attack at dawn".utf8)

    init() async throws {
        engine = try SoftwareKeyEngine(SoftwareKeyVault.ephemeral(), threads: 1)
        let account = try #require(AccountID("111122223333"))
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab"
        key = try await engine.generate(.aes256, for: KMSKey.context(account, id, 1)).key
        header = CiphertextHeader(account: account, key: id, number: 1)
    }

    private func sealed() async throws -> [UInt8] {
        let text = try await engine.seal(clear, associated: header.associated(context), with: key)
        return Ciphertext(header: header, sealed: text).bytes
    }

    /// What Decrypt does with a blob, the look-up of the key aside.
    private func open(_ blob: [UInt8], _ context: [String: String]) async -> [UInt8]? {
        guard let text = Ciphertext(blob) else { return nil }
        return try? await engine.open(text.sealed, associated: text.header.associated(context), with: key)
    }

    @Test("a ciphertext opens with its own context")
    func opens() async throws {
        let blob = try await sealed()
        #expect(await open(blob, context) == clear)
        #expect(blob.count == CiphertextHeader.byteCount + 12 + clear.count + 16)
    }

    @Test("every bit of a ciphertext counts")
    func everyBit() async throws {
        let blob = try await sealed()
        for index in blob.indices {
            for bit in 0..<8 {
                var changed = blob
                changed[index] ^= 1 << UInt8(bit)
                #expect(await open(changed, context) == nil, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test("no part of a ciphertext is one, nor is more than it")
    func truncations() async throws {
        let blob = try await sealed()
        for count in 0..<blob.count {
            #expect(await open(Array(blob[..<count]), context) == nil, "the first \(count) bytes")
            #expect(await open(Array(blob[count...].dropFirst()), context) == nil, "without the first \(count + 1)")
        }
        #expect(await open(blob + [0], context) == nil)
        #expect(await open([0] + blob, context) == nil)
        #expect(await open(blob + blob, context) == nil)
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
        #expect(await open(try await sealed(), other) == nil)
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
                let header = CiphertextHeader(account: account, key: id, number: number)
                #expect(header.bytes.count == CiphertextHeader.byteCount)
                #expect(CiphertextHeader(header.bytes[...]) == header)
            }
        }
    }

    @Test("a single-Region key and a multi-Region one of the same digits are two")
    func kinds() throws {
        let account = try #require(AccountID("111122223333"))
        let one = CiphertextHeader(account: account, key: "1234abcd-12ab-34cd-56ef-1234567890ab", number: 1)
        let other = CiphertextHeader(account: account, key: "mrk-1234abcd12ab34cd56ef1234567890ab", number: 1)
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
        for version in [0, 2, 255] as [UInt8] { #expect(CiphertextHeader(changed(0, version)[...]) == nil) }
        for flags in [2, 3, 128, 255] as [UInt8] { #expect(CiphertextHeader(changed(1, flags)[...]) == nil) }
        #expect(CiphertextHeader(changed(2, 0xFF)[...]) == nil, "an account of more than twelve digits")
        #expect(CiphertextHeader(changed(26, 0)[...]) == nil, "material number zero")
    }
}
