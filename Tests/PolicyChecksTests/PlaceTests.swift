import Testing
@testable import PolicyChecks

/// Defends: a finding says exactly where it is, in lines, columns and characters.
struct PlaceTests {
    @Test func syntaxErrorsHaveTheReadersPlace() throws {
        let findings = PolicyChecks.findings(in: "{\n  \"Version\": \"2012-10-17\",\n  }", for: PolicyUse(.identity))
        #expect(findings.map(\.code) == ["JSON_SYNTAX_ERROR"])
        let location = try #require(findings.first?.locations.first)
        #expect(location.start == Position(line: 3, column: 2, offset: 32))
        #expect(location.path.isEmpty)
    }

    @Test func charactersAreCountedNotBytes() {
        let text = SourceText(Array("é\n\u{1F600}x".utf8))
        #expect(text.position(2) == Position(line: 1, column: 1, offset: 1))
        #expect(text.position(7) == Position(line: 2, column: 1, offset: 3))
        #expect(text.position(99) == Position(line: 2, column: 2, offset: 4))
    }
}
