import Testing
import World

/// Wide searches, against the plain loop.
@Suite struct ByteSearchTests {
    private static let texts: [[UInt8]] = {
        let entropy = SeededEntropy(seed: 7)
        return (0..<600).map { round in
            let length = round % 41
            // Few different bytes, so that all kinds of neighbours occur; every other round any byte.
            return entropy.bytes(length).map {
                round % 2 == 0 ? [0, 9, 10, 13, 31, 32, 65, 127, 128, 255][Int($0 % 10)] : $0
            }
        }
    }()

    private func first(_ byte: UInt8, _ text: [UInt8], _ range: Range<Int>) -> Int? {
        text.span.firstIndex(of: byte, in: range)
    }
    private func first(below limit: UInt8, _ other: UInt8, _ text: [UInt8], _ range: Range<Int>) -> Int? {
        text.span.firstIndex(below: limit, or: other, in: range)
    }
    private func end(_ text: [UInt8], _ range: Range<Int>) -> Int? { text.span.end(of: "Credential=", in: range) }
    private func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool { one.span.holdsSame(as: other.span) }
    private func fingerprint(_ text: [UInt8]) -> UInt64 { text.span.fingerprint }
    private func isClear(_ text: [UInt8], _ limit: UInt8, _ other: UInt8) -> Bool {
        text.span.isClear { ByteWord.below(limit, $0) | ByteWord.equal(other, $0) }
    }
    private func isASCII(_ text: [UInt8]) -> Bool { text.span.isASCII }
    private func isAction(_ text: String) -> Bool { Array(text.utf8).span.isExactly("Action") }

    @Test func oneByte() {
        // Defends: the first place of a byte, at every length and within every part.
        for text in ByteSearchTests.texts {
            for byte: UInt8 in [0, 10, 13, 32, 128, 255] {
                for start in 0...text.count {
                    #expect(
                        first(byte, text, start..<text.count) == text[start...].firstIndex(of: byte))
                }
                let half = text.count / 2
                #expect(first(byte, text, 0..<half) == text[..<half].firstIndex(of: byte))
            }
        }
    }

    @Test func smallBytes() {
        // Defends: the first place of a byte below a limit or of one other, whatever stands around it.
        for text in ByteSearchTests.texts {
            for (limit, other): (UInt8, UInt8) in [(32, 127), (11, 13), (32, 32), (1, 255), (128, 200)] {
                for start in 0...text.count {
                    let expected = text[start...].firstIndex { $0 < limit || $0 == other }
                    #expect(first(below: limit, other, text, start..<text.count) == expected)
                }
            }
        }
    }

    @Test func suspects() {
        // Defends: one suspect byte is enough, wherever it stands, and none is no alarm.
        for text in ByteSearchTests.texts {
            for (limit, other): (UInt8, UInt8) in [(32, 127), (1, 255), (97, 200), (32, 34)] {
                #expect(isClear(text, limit, other) == !text.contains { $0 < limit || $0 == other })
            }
        }
    }

    @Test func words() {
        // Defends: the first of several places, none, and one at the very end or cut off by it.
        let text = Array("CredCredential=a, Credential=b Credential".utf8)
        #expect(end(text, 0..<text.count) == 15)
        #expect(end(text, 5..<text.count) == 29)
        #expect(end(text, 5..<28) == nil)
        #expect(end(text, 5..<29) == 29)
        #expect(end(text, 0..<3) == nil)
    }

    @Test func ascii() {
        // Defends: a byte above 127 is seen wherever it stands.
        for text in ByteSearchTests.texts { #expect(isASCII(text) == text.allSatisfy { $0 < 0x80 }) }
    }

    @Test func sameness() {
        // Defends: equality and fingerprints see every byte.
        for text in ByteSearchTests.texts {
            #expect(isSame(text, text))
            for index in text.indices {
                var other = text
                other[index] ^= 1
                #expect(!isSame(text, other))
                #expect(fingerprint(text) != fingerprint(other))
            }
            #expect(!isSame(text, text + [0]))
        }
        #expect(isAction("Action") && !isAction("action") && !isAction("Actio") && !isAction("Actions"))
    }
}
