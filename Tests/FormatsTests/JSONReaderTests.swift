import Formats
import Testing

struct JSONReaderTests {
    private func reason(_ text: String) -> JSONError.Reason? { reason(Array(text.utf8)) }
    private func reason(_ bytes: [UInt8]) -> JSONError.Reason? {
        do throws(JSONError) {
            _ = try JSONReader.validate(bytes)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func readsADocumentInOrder() throws {
        // The shape every caller uses: containers by key and element, each kind of value once.
        var reader = JSONReader(
            Array(
                #" { "a" : [1, -2.5e1, true, null, "x\n\u00e9\ud83d\ude00"], "b":{} , "c":9223372036854775807 } "#.utf8)
        )
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        try reader.beginArray()
        var kinds: [JSONKind] = []
        while try reader.nextElement() {
            kinds.append(try reader.peek())
            switch kinds.count {
            case 1: #expect(try reader.readInt64() == 1)
            case 2: #expect(try reader.readDouble() == -25)
            case 3: #expect(try reader.readBool())
            case 4: #expect(try reader.readNullIfPresent())
            default: #expect(try reader.readString() == "x\né😀")
            }
        }
        #expect(kinds == [.number, .number, .bool, .null, .string])
        #expect(try reader.nextKey() == "b")
        try reader.beginObject()
        #expect(try reader.nextKey() == nil)
        #expect(try reader.nextKey() == "c")
        #expect(try reader.readInt64() == .max)
        #expect(try reader.nextKey() == nil)
        try reader.finish()
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "tru",
        "True", "nul",
        "01", "-", "1.", ".5", "1e", "1e+", "+1", "0x1", "1a", "NaN", "Infinity", "\"", "\"\\", "\"\\x\"", "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\t\"", "\"\u{0}\"", "1 2", "{}{}", "[1}", "{\"a\":1]", "[1 2]", "// c\n1", "\u{FEFF}1", "\u{A0}1",
    ])
    func refusesWhatIsNotJSON(_ text: String) {
        // Strictness: nothing outside RFC 8259 passes.
        #expect(reason(text) != nil)
    }

    @Test(arguments: [#""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, #""\udc00\ud800""#, #""\ud83d\ud83d""#])
    func refusesLoneSurrogates(_ text: String) {
        // A string that UTF-8 cannot hold never reaches a caller.
        #expect(reason(text) == .loneSurrogate)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x28],
            [0xE2, 0x82, 0x28],
        ] as [[UInt8]])
    func refusesInvalidUTF8(_ bytes: [UInt8]) {
        // Overlong forms, surrogates and cut sequences are refused, at the end of the text too.
        #expect(reason([0x22] + bytes + [0x22]) == .invalidUTF8)
        #expect(reason([0x22] + bytes) == .invalidUTF8)
    }

    @Test func stopsAtTheDepthLimit() {
        // 10,000 brackets cost neither stack nor time.
        #expect(reason(String(repeating: "[", count: 10_000)) == .tooDeep(limit: 100))
        #expect(reason(String(repeating: "{\"a\":", count: 10_000)) == .tooDeep(limit: 100))
        #expect(reason(String(repeating: "[", count: 100) + String(repeating: "]", count: 100)) == nil)
    }

    @Test func skipsDeeplyWithoutRecursion() throws {
        // A raised limit is safe, because skipping keeps its own stack.
        let text = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        #expect(try JSONReader.validate(Array(text.utf8), depthLimit: 10_000) == 0..<20_000)
    }

    @Test func keepsNumbersExact() throws {
        // Numbers are text until someone asks for a type, and never wrap.
        var reader = JSONReader(
            Array("[123456789012345678901234567890,9223372036854775808,-9223372036854775808,1.0,1e400]".utf8))
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(try reader.readNumberText() == "123456789012345678901234567890")
        #expect(try reader.nextElement())
        #expect(throws: JSONError(.numberOutOfRange, at: 32)) { _ = try reader.readInt64() }
        #expect(try reader.nextElement())
        #expect(try reader.readInt64() == .min)
        #expect(try reader.nextElement())
        #expect(throws: JSONError(.invalidNumber, at: 73)) { _ = try reader.readInt64() }
        #expect(try reader.nextElement())
        #expect(throws: JSONError(.numberOutOfRange, at: 77)) { _ = try reader.readDouble() }
    }

    @Test func reportsPlaces() throws {
        // Errors carry an offset that people can find.
        let bytes = Array("{\n  \"é\": x}".utf8)
        do throws(JSONError) {
            _ = try JSONReader.validate(bytes)
            Issue.record("accepted")
        } catch {
            #expect(error == JSONError(.unexpectedByte(UInt8(ascii: "x")), at: 10))
            #expect(TextPosition(offset: error.offset, in: bytes) == TextPosition(line: 2, column: 8))
        }
    }

    @Test func noticesRepeatedKeys() throws {
        // A repeated key is detectable, also when one spelling is escaped.
        var reader = JSONReader(Array(#"{"a":1,"\u0061":2}"#.utf8))
        var keys = JSONKeys()
        try reader.beginObject()
        #expect(throws: JSONError(.duplicateKey("a"), at: 7)) {
            while let key = try reader.nextKey() {
                try keys.note(key, at: reader.keyOffset)
                try reader.skipValue()
            }
        }
    }

    @Test func capturesAValue() throws {
        // The range of a value is its exact text.
        var reader = JSONReader(Array(#"{"a" :  [1, {"b": "]"}] , "c":0}"#.utf8))
        try reader.beginObject()
        let token = try reader.nextKeyToken()
        #expect(token.map { reader.matches($0, Array("a".utf8)) } == true)
        let range = try reader.captureValue()
        #expect(String(decoding: reader.bytes[range], as: UTF8.self) == #"[1, {"b": "]"}]"#)
        #expect(try reader.nextKey() == "c")
    }

    @Test func randomBytesNeverCrash() {
        // Fuzz in small: any bytes give an answer.
        var generator = Random(seed: 7)
        let alphabet = Array(#"{}[]",:\u0d8ce1-+. tfn"#.utf8) + [0xC3, 0xA9, 0xED, 0xF0, 0x00, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int(generator.next() % 24)).map { _ in
                alphabet[Int(generator.next() % UInt64(alphabet.count))]
            }
            _ = reason(bytes)
        }
    }
}

struct Random: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
