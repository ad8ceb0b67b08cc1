import Federation
import Testing

/// Defends: a good signature speaks for the element it was made over, wherever that is moved and whatever is put around it.
/// - Source: "On Breaking SAML: Be Whoever You Want to Be", USENIX Security 2012, section 4.
@Suite struct SAMLWrappingTests {
    private let forge: SAMLForge

    init() throws { forge = try SAMLForge() }

    private let evil = SAMLForge.assertion { ($0.id, $0.name) = ("_evil", "admin") }
    /// With the good one's id.
    private let twin = SAMLForge.assertion { $0.name = "admin" }

    private func object(_ text: String) -> String { "<ds:Object>\(text)</ds:Object></ds:Signature>" }

    /// Refused, or read as what was signed.
    private func holds(_ text: String, _ at: SourceLocation = #_sourceLocation) {
        if let response = try? forge.read(text) {
            #expect(response.assertion.subject.name == "alice", sourceLocation: at)
        }
    }

    @Test func besideTheGoodAssertion() throws {
        let good = try forge.signed(SAMLForge.assertion())
        for other in [evil, twin] {
            for text in [SAMLForge.response(other + good), SAMLForge.response(good + other)] {
                #expect(forge.refusal(text) == .malformed)
            }
            // Two that are both signed, or the same one twice: which of them is meant is nobody's guess.
            #expect(forge.refusal(SAMLForge.response(good + good)) == .malformed)
        }
    }

    @Test func aroundTheGoodAssertion() throws {
        let good = try forge.signed(SAMLForge.assertion())
        for other in [evil, twin] {
            let inside = other.replacing("</saml:Assertion>", with: good + "</saml:Assertion>")
            #expect(forge.refusal(SAMLForge.response(inside)) == .malformed)
            let advice = SAMLForge.put("<saml:Advice>\(good)</saml:Advice>", into: other)
            #expect(forge.refusal(SAMLForge.response(advice)) == .malformed)
        }
    }

    @Test func inExtensions() throws {
        let good = try forge.signed(SAMLForge.assertion())
        for other in [evil, twin] {
            let space = #"<samlp:Extensions xmlns:samlp="\#(SAMLForge.space)">"#
            #expect(
                forge.refusal(SAMLForge.response(good, before: "\(space)\(other)</samlp:Extensions>")) == .malformed)
            #expect(
                forge.refusal(SAMLForge.response(other, before: "\(space)\(good)</samlp:Extensions>")) == .malformed)
        }
    }

    @Test func theSignatureOnSomebodyElse() throws {
        let bare = SAMLForge.assertion()
        let signature = try forge.signature(over: bare, id: "_a")
        for other in [evil, twin] {
            // Taken over, with the element it was made for beside it, inside it, or not there at all.
            holds(SAMLForge.response(SAMLForge.put(signature, into: other)))
            holds(SAMLForge.response(SAMLForge.put(signature, into: other) + bare))
            holds(SAMLForge.response(bare + SAMLForge.put(signature, into: other)))
            let holding = signature.replacing("</ds:Signature>", with: object(bare))
            holds(SAMLForge.response(SAMLForge.put(holding, into: other)))
            let renamed = signature.replacing("#_a", with: "#_evil")
            holds(SAMLForge.response(SAMLForge.put(renamed, into: other)))
        }
        #expect(forge.refusal(SAMLForge.response(SAMLForge.put(signature, into: evil))) == .algorithm)
        #expect(forge.refusal(SAMLForge.response(SAMLForge.put(signature, into: twin))) == .signature)
    }

    @Test func theSignatureOfAResponse() throws {
        let bare = SAMLForge.response(SAMLForge.assertion())
        let signature = try forge.signature(over: bare, id: "_r")
        let outer = SAMLForge.response(evil)
        holds(SAMLForge.put(signature, into: outer))
        holds(SAMLForge.put(signature + bare, into: outer))
        holds(SAMLForge.put(signature.replacing("</ds:Signature>", with: object(bare)), into: outer))
        holds(outer.replacing("</samlp:Response>", with: bare + "</samlp:Response>"))
        // Over the response's id, but inside the assertion.
        holds(SAMLForge.response(SAMLForge.put(signature, into: SAMLForge.assertion())))
        #expect(forge.refusal(SAMLForge.put(signature, into: bare)) == nil)
    }

    @Test func twoElementsOfOneName() throws {
        // The id of the assertion is also another element's, before and after it.
        let good = try forge.signed(SAMLForge.assertion())
        for other in [#"<a ID="_a">admin</a>"#, #"<a xml:id="_a">admin</a>"#, #"<a id="_a">admin</a>"#] {
            holds(SAMLForge.response(good + other))
            holds(SAMLForge.response(good, before: other))
        }
        let named = SAMLForge.response(good).replacing(#"ID="_r""#, with: #"ID="_a""#)
        holds(named)
    }

    @Test func signaturesInOtherPlaces() throws {
        let bare = SAMLForge.assertion()
        let signature = try forge.signature(over: bare, id: "_a")
        #expect(forge.refusal(SAMLForge.response(bare, before: signature)) == .algorithm)
        #expect(forge.refusal(SAMLForge.response(bare + "<a>\(signature)</a>")) == .malformed)
        #expect(forge.refusal(SAMLForge.response(SAMLForge.put("<a>\(signature)</a>", into: bare))) == .malformed)
        #expect(forge.refusal(SAMLForge.response(SAMLForge.put(signature + signature, into: bare))) == .malformed)
    }

    @Test func namesThatAreThereTwice() throws {
        // All of it signed, and still not told which of the two is meant.
        let name = "alice</saml:NameID><saml:NameID>admin"
        #expect(forge.refusal(try forge.good { $0.name = name }) == .malformed)
        #expect(forge.refusal(try forge.good { $0.conditions += $0.conditions }) == .malformed)
        #expect(forge.refusal(try forge.good { $0.name = "a<b>lice</b>" }) == .malformed)
        #expect(forge.refusal(try forge.good { $0.name = " " }) == .malformed)
        #expect(forge.refusal(try forge.good { $0.confirmation = "" }) == .malformed)
        #expect(
            forge.refusal(try forge.good { $0.confirmation.replace("cm:bearer", with: "cm:sender-vouches") })
                == .malformed)
        #expect(forge.refusal(try forge.good { $0.conditions.replace("03:09:00Z", with: "later") }) == .malformed)
    }
}
