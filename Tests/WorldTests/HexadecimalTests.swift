import Testing
import World

/// Defends: hexadecimal reads both cases, writes the lower unless asked, and refuses the rest, at every length though four
/// bytes are written at once.
@Suite struct HexadecimalTests {
    @Test func bothCasesAreRead() {
        #expect(Hexadecimal.string([0, 0x9A, 0xFF]) == "009aff")
        #expect(Hexadecimal.decode("009AfF".utf8) == [0, 0x9A, 0xFF])
        #expect(Hexadecimal.decode("0".utf8) == nil)
        #expect(Hexadecimal.decode("000".utf8) == nil)
        #expect(Hexadecimal.decode("0g".utf8) == nil)
        #expect(Hexadecimal.decode("g0".utf8) == nil)
    }

    @Test func everyByteAtEveryLength() {
        let all = (0...255).map(UInt8.init)
        for length in 0...20 {
            for start in stride(from: 0, to: all.count - length, by: 7) {
                let bytes = Array(all[start..<start + length])
                let plain = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                #expect(Hexadecimal.string(bytes) == plain)
                #expect(Hexadecimal.encode(bytes) == Array(plain.utf8))
                #expect(Hexadecimal.decode(plain.utf8) == bytes)
                #expect(Hexadecimal.decode(plain.uppercased().utf8) == bytes)
                var text = Array("x".utf8)
                Hexadecimal.append(bytes, to: &text)
                #expect(text == Array("x\(plain)".utf8))
            }
        }
    }

    @Test func oneByte() {
        for byte in UInt8.min...UInt8.max {
            let plain = (byte < 16 ? "0" : "") + String(byte, radix: 16)
            var lower: [UInt8] = []
            Hexadecimal.append(byte, to: &lower)
            #expect(lower == Array(plain.utf8))
            var upper: [UInt8] = []
            Hexadecimal.appendUpperCase(byte, to: &upper)
            #expect(upper == Array(plain.uppercased().utf8))
            let digit = Character(Unicode.Scalar(byte))
            #expect(Hexadecimal.value(of: byte).map { Int($0) } == digit.hexDigitValue)
        }
    }
}
