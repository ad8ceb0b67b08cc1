import Testing

@testable import Formats

/// Defends: an XML text costs no more than its limits say, whatever it was made for.
struct XMLTests {
    private func read(_ text: String, _ limits: XMLLimits = XMLLimits()) throws -> XMLDocument {
        try XMLDocument(Array(text.utf8), limits: limits)
    }

    @Test func namesAndTextsAreFound() throws {
        let document = try read("<a x='1'><b>t</b><!-- < ='\" --><c xmlns='u'><d/></c><![CDATA[ ]]></a>")
        #expect(document.elements.count == 4)
        let root = document.elements[document.root]
        #expect(root.attributes.count == 1 && root.nextSibling == nil)
        let first = try #require(root.firstChild)
        #expect(document.text(of: first).elementsEqual("t".utf8))
        let second = try #require(document.elements[first].nextSibling)
        let within = try #require(document.elements[second].firstChild)
        #expect(document.name(of: within).elementsEqual("d".utf8))
        #expect(document.namespace(of: within).elementsEqual("u".utf8))
        #expect(document.elements[second].nextSibling == nil)
    }

    @Test func aLongNamespaceIsKeptOnceHoweverManyElementsAreInIt() throws {
        let uris = ["u", "v"].map { String(repeating: $0, count: 100_000) }
        let pair = "<a:x/><b:y/>"
        let text = "<r xmlns:a='\(uris[0])' xmlns:b='\(uris[1])'>" + String(repeating: pair, count: 5000) + "</r>"
        let document = try read(text)
        #expect(document.elements.count == 10_001)
        #expect(document.buffer.count < text.utf8.count)
        #expect(document.namespace(of: 9999).elementsEqual(uris[0].utf8))
        #expect(document.namespace(of: 10_000).elementsEqual(uris[1].utf8))
    }

    @Test func oneElementHasFewAttributes() throws {
        func tag(_ count: Int) -> String { "<a " + (0..<count).map { "a\($0)='='" }.joined(separator: " ") + "/>" }
        let limits = XMLLimits(attributes: 3)
        #expect(try read(tag(3), limits).attributes.count == 3)
        #expect(throws: XMLError.tooManyAttributes(limit: 3)) { try read(tag(4), limits) }
        #expect(throws: XMLError.tooManyAttributes(limit: 64)) { try read(tag(100_000)) }
        // What stands in a comment, a text or an instruction is no attribute.
        let free = String(repeating: "=", count: 9)
        #expect(try read("<?p \(free)?><a><!--<b \(free)--><c>\(free)</c></a>", limits).elements.count == 2)
        #expect(throws: XMLError.malformed) { try read("<a><!-- \(free)", limits) }
        #expect(throws: XMLError.malformed) { try read("<a b='", limits) }
    }

    @Test func aDocumentMayBeLongerThanTheParserLooksAhead() throws {
        let limits = XMLLimits(bytes: 16 << 20, elements: 200_000)
        let inner = String(repeating: "<b c='d'>é</b>\n", count: 100_000)
        let text = "<a>" + inner + "<!--" + String(repeating: "x", count: 4_000_000) + "--><e>"
        let document = try read(text + String(repeating: "long ", count: 1_600_000) + "</e></a>", limits)
        #expect(document.elements.count == 100_002)
        #expect(document.text(of: 1).elementsEqual("é".utf8) && document.text(of: 100_000).elementsEqual("é".utf8))
        #expect(document.text(of: 100_001).count == 8_000_000)
        #expect(throws: XMLError.malformed) { try read(text + String(repeating: "y", count: 9_000_000), limits) }
    }

    @Test func whatPassesALimitIsRefused() throws {
        let three = "<a><b/><b/></a>"
        #expect(try read(three, XMLLimits(bytes: three.utf8.count, depth: 2, elements: 3)).elements.count == 3)
        #expect(throws: XMLError.tooManyElements(limit: 2)) { try read(three, XMLLimits(elements: 2)) }
        #expect(throws: XMLError.tooDeep(limit: 1)) { try read(three, XMLLimits(depth: 1)) }
        #expect(throws: XMLError.tooLong(limit: 14)) { try read(three, XMLLimits(bytes: 14)) }
        #expect(throws: XMLError.documentType) { try read("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>") }
    }

    @Test func anElementTakesLittleRoom() { #expect(MemoryLayout<XMLDocument.Element>.stride == 40) }
}
