import HTTP
import Smithy
import Testing
import World

@testable import Wire

/// A form comes apart the same however the network cut it, and what two readers could read in two ways is refused.
struct FormTests {
    private static let boundary = "X-1"

    private func boundary() throws -> FormBoundary {
        try #require(FormBoundary(contentType: "multipart/form-data; boundary=\(FormTests.boundary)"))
    }

    private static let whole =
        "--X-1\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na b\r\n"
        + "--X-1 \t\r\nContent-Type: text/plain\r\ncontent-disposition: FORM-DATA; name=empty\r\n\r\n\r\n"
        + "--X-1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\dir\\a \\\"b\\\".txt\"\r\n\r\n"
        + "one\r\n--X-\r\n\r--X-1\r\n--X\r\r\n--X-1--\r\n"

    private static let content = "one\r\n--X-\r\n\r--X-1\r\n--X\r"

    /// Gives a body in pieces of one size.
    private final class Pieces: RequestBody {
        let declaredLength: Int64?
        private let rest: Lock<ArraySlice<UInt8>>
        private let size: Int

        init(_ text: String, of size: Int) {
            let bytes = Array(text.utf8)
            (declaredLength, rest, self.size) = (Int64(bytes.count), Lock(bytes[...]), size)
        }

        func next() async throws -> [UInt8]? {
            rest.withLock { rest in
                defer { rest = rest.dropFirst(size) }
                return rest.isEmpty ? nil : Array(rest.prefix(size))
            }
        }
    }

    private func read(_ text: String, of size: Int, _ sizes: ClosedRange<Int64> = 0...100) async throws
        -> (FormUpload, String)
    {
        let upload = try await FormUpload.open(Pieces(text, of: size), try boundary())
        upload.allow(sizes)
        var content: [UInt8] = []
        while let piece = try await upload.next() { content += piece }
        #expect(try await upload.next() == nil)
        return (upload, String(decoding: content, as: UTF8.self))
    }

    private func code(_ text: String, of size: Int = 7, _ sizes: ClosedRange<Int64> = 0...100) async -> String? {
        do {
            _ = try await read(text, of: size, sizes)
            return nil
        } catch let error as any ServiceError { return error.code } catch { return "\(error)" }
    }

    @Test func comesApartTheSameHoweverItIsCut() async throws {
        for size in 1...FormTests.whole.utf8.count {
            let (upload, content) = try await read(FormTests.whole, of: size)
            #expect(content == FormTests.content)
            #expect(upload.fields.map(\.name) == ["key", "empty"])
            #expect(upload.fields.map { String(decoding: $0.value, as: UTF8.self) } == ["a b", ""])
            #expect(upload.fileName == "C:\\dir\\a \"b\".txt")
            #expect(upload.declaredLength == Int64(FormTests.content.utf8.count + 2))
        }
    }

    @Test func everyBeginningOfAFormIsNoForm() async {
        // The line end behind the last boundary may be missing.
        for count in 0..<FormTests.whole.utf8.count - 2 {
            let part = String(FormTests.whole.utf8.prefix(count)) ?? ""
            #expect(await code(part) == "MalformedPOSTRequest", "\(count)")
        }
    }

    @Test func sizesAreThoseOfTheContent() async {
        let size = Int64(FormTests.content.utf8.count)
        #expect(await code(FormTests.whole, 0...size) == nil)
        #expect(await code(FormTests.whole, of: 1, size...size) == nil)
        #expect(await code(FormTests.whole, of: 1000, 0...(size - 1)) == "EntityTooLarge")
        #expect(await code(FormTests.whole, (size + 1)...1000) == "EntityTooSmall")
    }

    private func code(_ text: String, _ sizes: ClosedRange<Int64>) async -> String? { await code(text, of: 7, sizes) }

    @Test func whatCanBeReadInTwoWaysIsRefused() async {
        let file = "--X-1\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n"
        let wrong = [
            "preamble\r\n" + file + "--X-1--", file + "--X-1y\r\n", file + "--X-1-\r\n", file + "--X-1",
            "--X-1\r\n\r\nx\r\n" + file + "--X-1--",
            "--X-1\nContent-Disposition: form-data; name=\"file\"\n\nx\n--X-1--",
            "--X-1\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n" + file + "--X-1--",
            "--X-1\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n" + file + "--X-1--",
            "--X-1\r\nContent-Disposition: form-data\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n" + file
                + "--X-1--",
            file + "--X-1--" + String(repeating: " ", count: 0) + "", "",
        ]
        for (index, text) in wrong.enumerated() {
            let expected = index == wrong.count - 2 ? nil : "MalformedPOSTRequest"
            #expect(await code(text) == expected, "\(text)")
        }
        #expect(await code(file + file + "--X-1--") == "InvalidArgument")
        #expect(await code("--X-1\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--X-1--") == "InvalidArgument")
        let long = String(repeating: "x", count: FormUpload.fieldLimit)
        #expect(await code(file + "--X-1--" + long + long) == "MalformedPOSTRequest")
        #expect(
            await code("--X-1\r\nContent-Disposition: form-data; name=a\r\n\r\n\(long)\r\n" + file)
                == "MaxPostPreDataLengthExceeded")
    }

    @Test func boundariesAreThoseOfTheStandard() {
        let good = ["multipart/form-data; boundary=a", "Multipart/Form-Data ;charset=x; BOUNDARY=\"a b'()+_,-./:=?\""]
        for type in good {
            #expect(FormBoundary.isForm(type) && FormBoundary(contentType: type) != nil, "\(type)")
        }
        for boundary in ["", "\"\"", "\"", "a\"", "a ", "\"a \"", "a; boundary=a", "a\u{7}", "é"] {
            #expect(boundary == "a " || FormBoundary(contentType: "multipart/form-data; boundary=\(boundary)") == nil)
        }
        #expect(!FormBoundary.isForm("multipart/form-data2") && !FormBoundary.isForm(""))
    }

    @Test func tagsOfAFormAreThoseOfAHeader() throws {
        func header(_ set: String) throws(WireError) -> String {
            String(decoding: try FormTags.header(Array("<Tagging>\(set)</Tagging>".utf8)), as: UTF8.self)
        }
        let two = "<Tag><Key>a b</Key><Value>c&amp;d</Value></Tag><Tag><Value/><Key>e</Key></Tag>"
        #expect(try header("<TagSet>\(two)</TagSet>") == "a%20b=c%26d&e=")
        #expect(try header("<TagSet/>") == "")
        for wrong in [
            "", "<TagSet><Tag><Key>a</Key></Tag></TagSet>", "<TagSet/><TagSet/>", "<TagSet><Other/></TagSet>",
            "<TagSet><Tag><Key/><Value/></Tag></TagSet>",
            "<TagSet><Tag><Key>a</Key><Key>b</Key><Value/></Tag></TagSet>",
        ] {
            #expect(throws: WireError.self, "\(wrong)") { try header(wrong) }
        }
    }
}
