import Crypto
import Testing

/// Digests are what the standards say, in one piece or many.
@Suite struct DigestTests {
    @Test func knownDigests() {
        // Defends: the three digests against the vectors of FIPS 180-4 and RFC 1321.
        #expect(SHA256.hash(bytes("abc")) == hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        #expect(SHA256.hash([UInt8]()) == hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
        #expect(SHA1.hash(bytes("abc")) == hex("a9993e364706816aba3e25717850c26c9cd0d89d"))
        #expect(MD5.hash(bytes("message digest")) == hex("f96b697d7cb7938d525a2f31aaf161d0"))
        #expect(MD5.hash([UInt8]()) == hex("d41d8cd98f00b204e9800998ecf8427e"))
    }

    @Test func sizesAroundTheBlock() {
        // Defends: slices, spans and pieces give the digest of the whole, at every length around a block's end.
        for count in [0, 1, 55, 56, 63, 64, 65, 127, 128, 1000] {
            let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let whole = SHA256.hash(text)
            #expect(SHA256.hash(([0] + text)[1...]) == whole)
            #expect(SHA256.hash(text.span.bytes) == whole)
            let digest = IncrementalDigest(.sha256)
            for cut in stride(from: 0, to: count, by: 13) { digest.update(text[cut..<min(cut + 13, count)]) }
            #expect(digest.finish() == whole)
            digest.update(text)
            #expect(digest.finish() == whole)
        }
    }

    @Test func manyThreads() async {
        // Defends: the reused contexts belong to one thread each.
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let text = [UInt8](repeating: UInt8(index), count: 500)
                    let expected = SHA256.hash(text)
                    return (0..<500).allSatisfy { _ in SHA256.hash(text) == expected }
                }
            }
            for await same in group { #expect(same) }
        }
    }
}
