import Formats
import Testing

struct JSONWriterTests {
    @Test func writesCompactly() {
        // The exact bytes: order kept, no blanks, only the required escapes.
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("s", "a/b\"\\\n\u{1}é😀\u{7F}")
        writer.key("l")
        writer.beginArray()
        writer.integer(-1)
        writer.double(0.5)
        writer.double(1_500_000_000)
        writer.double(.infinity)
        writer.bool(false)
        writer.null()
        writer.raw(Array(#"{"x":[]}"#.utf8))
        writer.beginArray()
        writer.endArray()
        writer.beginObject()
        writer.endObject()
        writer.endArray()
        writer.member("z", "")
        writer.endObject()
        #expect(
            writer.text
                == #"{"s":"a/b\"\\\n\u0001é😀\#u{7F}","l":[-1,0.5,1500000000,"Infinity",false,null,{"x":[]},[],{}],"z":""}"#
        )
    }

    @Test func whatIsWrittenReadsBack() throws {
        // Round trip over every scalar of the first plane's start and beyond.
        for scalar in (0...0x2FF).compactMap(Unicode.Scalar.init) + ["\u{FFFF}", "\u{10FFFF}", "\u{D7FF}", "\u{E000}"] {
            var writer = JSONWriter()
            writer.string(String(scalar))
            var reader = JSONReader(writer.bytes)
            #expect(try reader.readString() == String(scalar))
            try reader.finish()
        }
    }

    @Test(
        "whole numbers are written in full",
        arguments: [0, 7, -1, 9, 10, 99, 100, 12_345, 999_999_999_999_999_999, 1_000_000_000_000_000_000, .max, .min]
            as [Int64])
    func numbers(_ number: Int64) {
        var writer = JSONWriter(reserving: 0)
        writer.beginArray()
        writer.integer(number)
        writer.integer(number)
        writer.endArray()
        #expect(writer.text == "[\(number),\(number)]")
    }

    @Test("also those that no Int64 holds")
    func greatNumbers() {
        var writer = JSONWriter()
        writer.integer(UInt64.max)
        #expect(writer.text == "18446744073709551615")
    }
}
