import Crypto
import Testing

@Suite struct ChecksumTests {
    @Test func checkValues() {
        // Defends: the catalogued check value of each code.
        var crc32 = CRC32()
        var crc32c = CRC32C()
        var crc64 = CRC64NVME()
        crc32.update(bytes("123456789"))
        crc32c.update(bytes("123456789"))
        crc64.update(bytes("123456789"))
        #expect(crc32.bytes == hex("cbf43926"))
        #expect(crc32c.bytes == hex("e3069283"))
        #expect(crc64.bytes == hex("ae8b14860a799888"))
        // RFC 3720, appendix B.4: 32 bytes of zeros and of ones.
        var zeros = CRC32C()
        zeros.update([UInt8](repeating: 0, count: 32))
        #expect(zeros.value == 0x8A91_36AA)
        var ones = CRC32C()
        ones.update([UInt8](repeating: 0xFF, count: 32))
        #expect(ones.value == 0x62A8_AB43)
    }

    @Test func pieces() {
        // Defends: any cutting gives the same value, also at unaligned places.
        let text = (0..<301).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 5) }
        var whole = (CRC32(), CRC32C(), CRC64NVME())
        whole.0.update(text)
        whole.1.update(text)
        whole.2.update(text)
        for width in [1, 3, 7, 8, 9, 64] {
            var parts = (CRC32(), CRC32C(), CRC64NVME())
            for start in stride(from: 0, to: text.count, by: width) {
                let piece = text[start..<min(start + width, text.count)]
                parts.0.update(piece)
                parts.1.update(piece)
                parts.2.update(piece)
            }
            #expect(parts.0.value == whole.0.value)
            #expect(parts.1.value == whole.1.value)
            #expect(parts.2.value == whole.2.value)
        }
    }
}
