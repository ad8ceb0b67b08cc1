import Formats
import Foundation
import Testing

struct TextCodecTests {
    @Test func base64FollowsTheStandardsVectors() {
        // RFC 4648 section 10, both ways.
        let vectors = [
            "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=",
            "foobar": "Zm9vYmFy",
        ]
        for (plain, encoded) in vectors {
            #expect(Base64.encode(Array(plain.utf8)) == encoded)
            #expect(Base64.decode(encoded) == Array(plain.utf8))
        }
        let all = (0...255).map(UInt8.init)
        #expect(Base64.decode(Base64.encodeBytes(all)) == all)
    }

    @Test("as Foundation has it, for every length and every place where a byte may be wrong")
    func base64AsAnother() {
        for length in 0..<14 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            let text = Base64.encodeBytes(bytes)
            #expect(String(decoding: text, as: UTF8.self) == Data(bytes).base64EncodedString())
            #expect(Base64.decode(text) == bytes)
            for place in text.indices where text[place] != UInt8(ascii: "=") {
                for wrong in [0, 0x2D, 0x7F, 0x80, 0xFF] as [UInt8] {
                    var broken = text
                    broken[place] = wrong
                    #expect(Base64.decode(broken) == Data(base64Encoded: Data(broken)).map { Array($0) })
                }
            }
        }
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", " Zm9v", "Zm-_", "Zg=a", "=", "=Zg=",
    ])
    func base64IsStrict(_ text: String) {
        // Unpadded, non-canonical or foreign text decodes to nothing.
        #expect(Base64.decode(text) == nil)
    }

    @Test func percent() {
        // Unreserved characters only; the slash by choice; strict on the way back.
        #expect(PercentEncoding.encode("aZ09-._~ /+é*") == "aZ09-._~%20%2F%2B%C3%A9%2A")
        #expect(PercentEncoding.encode("a/b c", keepingSlash: true) == "a/b%20c")
        #expect(PercentEncoding.decode("a%2fb%C3%A9+") == Array("a/bé+".utf8))
        #expect(PercentEncoding.decode("a+b", plusIsSpace: true) == Array("a b".utf8))
        #expect(PercentEncoding.decode("%2") == nil)
        #expect(PercentEncoding.decode("%zz") == nil)
        #expect(PercentEncoding.decode("%") == nil)
        #expect(PercentEncoding.meant(by: Array("a%2fb%zz%2".utf8)[...]) == Array("a/b%zz%2".utf8))
        var query: [UInt8] = []
        PercentEncoding.forEach(Array("a+b%2B%".utf8)[...], plusIsSpace: true) { query.append($0) }
        #expect(query == Array("a b+%".utf8))
    }
}
