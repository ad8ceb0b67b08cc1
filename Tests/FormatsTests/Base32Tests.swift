import Formats
import Testing

@Suite struct Base32Tests {
    // Defends: RFC 4648, section 10, and what no encoder writes.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ]) func goesThereAndBack(_ clear: String, _ text: String) {
        #expect(Base32.encodeBytes(Array(clear.utf8)) == Array(text.utf8))
        #expect(Base32.decode(text) == Array(clear.utf8))
        #expect(Base32.decode(text.lowercased() + "======") == Array(clear.utf8))
    }

    @Test(arguments: ["M", "MZX", "MZXW6Y", "M1", "M8", "MY=M", "MZ", "M Y"]) func refuses(_ text: String) {
        #expect(Base32.decode(text) == nil)
    }
}
