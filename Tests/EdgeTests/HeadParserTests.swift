import HTTP
import Testing

import Edge

/// What the parser makes of a text: a head, "incomplete", or a refusal.
private func parse(_ text: [UInt8], fieldCount: Int = 200) -> Result<ParsedHead?, Refusal> {
    var scanned = 0
    do throws(Refusal) {
        guard let end = try HeadParser.end(of: text.span, scanned: &scanned) else { return .success(nil) }
        return .success(try HeadParser(fieldCount: fieldCount).parse(text.span.extracting(0..<end)))
    } catch {
        return .failure(error)
    }
}

private func refusal(_ text: String) -> Refusal? {
    if case .failure(let reason) = parse([UInt8](text.utf8)) { return reason }
    return nil
}

private func head(_ text: String) throws -> ParsedHead { try #require(try parse([UInt8](text.utf8)).get()) }

struct HeadParserTests {
    /// Defends: every form that two servers could read differently is refused.
    @Test(arguments: SmugglingForms.heads) func refusesAmbiguousHeads(_ form: SmugglingForms.Form) {
        #expect(refusal(form.text) == .malformedHead, "\(form.name)")
    }

    /// Defends: what refusals promise by status.
    @Test func refusesByReason() {
        #expect(refusal("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n") == .unsupportedMethod)
        #expect(refusal("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == .unsupportedVersion)
        #expect(refusal("PRI * HTTP/2.0\r\n\r\n") == .unsupportedVersion)
        #expect(refusal("GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n") == .unmetExpectation)
        #expect(Refusal.allCases.allSatisfy { (400...505).contains($0.status) })
    }

    /// Defends: the header's number of lines is limited, exactly.
    @Test func limitsFields() {
        let lines = String(repeating: "A: b\r\n", count: 9)
        let text = [UInt8](("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").utf8)
        #expect(throws: Refusal.tooManyFields) { try parse(text, fieldCount: 9).get() }
        #expect(throws: Never.self) { try parse(text, fieldCount: 10).get() }
    }

    /// Defends: names, values and target reach the handler as they were sent.
    @Test func keepsBytes() throws {
        let text = "PUT /a/../%2e//b?x=%zz&\u{e9} HTTP/1.1\r\nHOST: a:80\r\nX-Y:  a  b \t\r\nx-y:\r\n\r\n"
        let parsed = try head(text)
        let bytes = [UInt8](text.utf8)
        func slice(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        #expect(slice(parsed.method) == "PUT")
        #expect(slice(parsed.target) == "/a/../%2e//b?x=%zz&\u{e9}")
        #expect(parsed.fields.map { slice($0.name) } == ["HOST", "X-Y", "x-y"])
        #expect(parsed.fields.map { slice($0.value) } == ["a:80", "a  b", ""])
    }

    /// Defends: framing and persistence follow from the fields.
    @Test func derivesFraming() throws {
        #expect(try head("GET / HTTP/1.1\r\nHost:\r\n\r\n").framing == .none)
        #expect(try head("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").framing == .none)
        #expect(try head("GET / HTTP/1.1\r\nHost: a\r\ncontent-length: 12\r\n\r\n").framing == .length(12))
        #expect(try head("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n").framing == .chunked)
        #expect(try !head("GET / HTTP/1.1\r\nHost: a\r\nConnection: x , Close\r\n\r\n").keepsAlive)
        #expect(try head("GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n").keepsAlive)
        #expect(try !head("GET / HTTP/1.0\r\n\r\n").keepsAlive)
        #expect(
            try head("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n").expectsContinue)
        #expect(try head("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n").expectsContinue)
        #expect(try !head("PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n").expectsContinue)
    }

    /// Defends: the three forms of a target, and no other.
    @Test func acceptsTargetForms() throws {
        for target in ["/", "//x", "/?", "http://a", "HTTPS://a/b?c"] {
            #expect(try head("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n").target.count == target.utf8.count)
        }
        #expect(try head("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").target.count == 1)
        for target in ["*", "a", "http:/a", "http://", "http:///a", "ftp://a", "**", "?"] {
            #expect(refusal("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n") == .malformedHead, "\(target)")
        }
    }

    /// Defends: each byte value, in each place, is accepted exactly where the grammar has it.
    @Test func checksEveryByte() {
        for byte in UInt8.min...UInt8.max {
            func accepts(_ before: String, _ after: String) -> Bool {
                if case .success(.some) = parse([UInt8](before.utf8) + [byte] + [UInt8](after.utf8)) { return true }
                return false
            }
            let token =
                byte < 128 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
                || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            #expect(accepts("A", "B / HTTP/1.1\r\nHost: a\r\n\r\n") == token, "method \(byte)")
            #expect(accepts("GET / HTTP/1.1\r\nHost: a\r\nA", "B: c\r\n\r\n") == (token || byte == 58), "name \(byte)")
            #expect(
                accepts("GET /a", "b HTTP/1.1\r\nHost: a\r\n\r\n") == (byte > 32 && byte != 127), "target \(byte)")
            #expect(
                accepts("GET / HTTP/1.1\r\nHost: a\r\nA: b", "c\r\n\r\n") == (byte >= 32 && byte != 127 || byte == 9),
                "value \(byte)")
        }
    }

    /// Defends: a head that is not all there is neither refused nor accepted, and slow arrival changes nothing.
    @Test func waitsForTheEnd() throws {
        let text = [UInt8]("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".utf8)
        var scanned = 0
        for count in 0...text.count {
            let end = try HeadParser.end(of: text.span.extracting(0..<count), scanned: &scanned)
            #expect(end == (count >= text.count - 3 ? text.count - 3 : nil))
            if end != nil { break }
        }
    }

    /// Defends: nothing a client sends stops the parser (seeded mutations of a valid head).
    @Test func survivesMutations() {
        let seed = [UInt8]("PUT /b/k HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n".utf8)
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<20_000 {
            var text = seed
            for _ in 0...random(4) {
                switch random(3) {
                case 0: text[random(text.count)] = UInt8(random(256))
                case 1: text.insert([13, 10, 0, 32, 58, 9][random(6)], at: random(text.count))
                default: text.remove(at: random(text.count))
                }
            }
            _ = parse(text)
        }
    }
}
