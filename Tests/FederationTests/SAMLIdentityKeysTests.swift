import Testing

@testable import STSService

/// Defends: a policy that denies by an attribute sees it, whatever else the assertion says.
@Suite struct SAMLIdentityKeysTests {
    private static let uid = "urn:oid:0.9.2342.19200300100.1.1"
    private static let group = "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid"
    private static let affiliation = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"

    /// How many keys come of it; nil where it is refused.
    private func count(_ attributes: [String: [String]]) -> Int? { try? SAMLIdentityKeys.keys(attributes).count }

    @Test func aKeyOfOneValueHasOne() {
        #expect(count([Self.uid: ["alice"]]) == 1)
        #expect(count([Self.uid: ["alice", "alice"]]) == 1)
        #expect(count([Self.uid: ["alice", "bob"]]) == nil)
        #expect(count([Self.uid: []]) == 0)
        // Equivalent for Unicode, and not for policies.
        #expect(count([Self.uid: ["K", "\u{212A}"]]) == nil)
    }

    @Test func twoAttributesOfOneKeyAgree() {
        #expect(count([Self.uid: ["alice"], Self.group: ["alice"]]) == 2)
        #expect(count([Self.uid: ["alice"], Self.group: ["S-1-5-513"]]) == nil)
    }

    @Test func listsHaveAnyNumber() { #expect(count([Self.affiliation: ["staff", "member", "staff"]]) == 1) }
}
