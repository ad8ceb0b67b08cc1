import Testing
import World

@testable import Formats

/// Defends: what must be escaped is found wherever it stands, though eight bytes are looked at at once.
struct EscapeTests {
    /// Texts of up to 20 bytes with one special character at each place.
    private static func texts(_ specials: [Character]) -> [String] {
        (0...20).flatMap { length in
            (0...length).flatMap { place in
                specials.map { special in
                    String(repeating: "x", count: place) + String(special)
                        + String(repeating: "é", count: length - place)
                }
            }
        }
    }

    @Test func jsonIsEscapedAtEveryPlace() throws {
        let specials: [Character] = [
            "\"", "\\", "\u{0}", "\n", "\u{1F}", " ", "!", "#", "[", "]", "\u{7F}", "\u{80}", "ÿ",
        ]
        for text in EscapeTests.texts(specials) {
            let expected = text.unicodeScalars.map { scalar in
                switch scalar {
                case "\"", "\\": "\\\(scalar)"
                case "\n": "\\n"
                case ..<" ": "\\u00" + Hexadecimal.string([UInt8(scalar.value)])
                default: "\(scalar)"
                }
            }
            var writer = JSONWriter()
            writer.string(text)
            #expect(writer.text == "\"\(expected.joined())\"")
            var bytes = ByteWriter(reserving: 0)
            bytes.json(text)
            let written = bytes.bytes
            #expect(written == writer.bytes)
        }
    }

    @Test func xmlIsEscapedAtEveryPlace() {
        let specials: [Character] = ["&", "<", ">", "\"", "\t", "\n", "\r", "\u{0}", "'", "=", "$", "?", "\u{7F}", "¼"]
        let references: [Unicode.Scalar: String] = [
            "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "\r": "&#xd;", "\u{0}": "&#x0;",
        ]
        for text in EscapeTests.texts(specials) {
            let expected = text.unicodeScalars.map { references[$0] ?? String($0) }.joined()
            var writer = XMLWriter(reserving: 0)
            writer.text(text)
            writer.element("Key", text)
            #expect(String(decoding: writer.bytes, as: UTF8.self) == "\(expected)<Key>\(expected)</Key>")
        }
    }

    @Test func aWriterGrowsWithWhatIsWritten() {
        var bytes = ByteWriter(reserving: 0)
        var expected: [UInt8] = []
        for number in 0..<300 {
            bytes.literal("a literal of some length, ")
            bytes.bigEndian(UInt16(number))
            bytes.text("text", limit: number % 6)
            bytes.bytes([1, 2, 3])
            bytes.byte(4)
            expected +=
                Array("a literal of some length, ".utf8) + [UInt8(number >> 8), UInt8(number & 255)]
                + Array("text".utf8.prefix(number % 6)) + [1, 2, 3, 4]
        }
        let written = bytes.bytes
        #expect(written == expected)
        let count = bytes.withBytes { $0.byteCount }
        #expect(count == expected.count)
    }
}
