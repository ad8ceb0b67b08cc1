import Federation
import STSAPI
import Testing

@testable import STSService

/// Defends: which roles a token is for, and which tags it brings, whichever way it writes them.
@Suite struct TokenClaimTests {
    private static let role = "arn:aws:iam::111122223333:role/path/worker"

    /// Whether the token opens that role as one that it `names`, as `any`, or why not.
    private func roles(_ claim: String?) throws -> String {
        let claims = try Claim.members(Array((claim.map { #"{"https://aws.amazon.com/roles":\#($0)}"# } ?? "{}").utf8))
        do {
            let roles = try ClaimedRoles(claims)
            try roles.check(Self.role)
            return roles.areNamed ? "names" : "any"
        } catch let error as STS.InvalidIdentityTokenException { return error.message }
    }

    @Test func noClaimOpensEveryRole() throws {
        #expect(try roles(nil) == "any")
        #expect(try roles("null") == "any")
    }

    @Test func theRoleIsNamed() throws {
        let other = "arn:aws:iam::111122223333:role/other"
        for claim in [
            #""\#(Self.role)""#, #"["\#(Self.role)"]"#, #"["\#(other)","\#(Self.role)"]"#,
            #""\#(other);\#(Self.role)""#,
            #"" \#(other) ; \#(Self.role) ""#, #"[7,null,"no ARN"," \#(Self.role) "]"#,
        ] {
            #expect(try roles(claim) == "names", "\(claim)")
        }
    }

    @Test func anotherIsNamed() throws {
        for claim in [
            #""arn:aws:iam::111122223333:role/other""#, #""arn:aws:iam::111122223333:role/worker""#,
            #""arn:aws:iam::210987654321:role/path/worker""#, #""\#(Self.role)x""#,
            #"["arn:aws:iam::111122223333:role/path/WORKER","*"]"#,
        ] {
            #expect(try roles(claim).contains("not present in the roles claim"), "\(claim)")
        }
    }

    @Test func nothingThatIsARole() throws {
        for claim in [
            #""""#, "[]", #"" ; ""#, #""*""#, #""arn:aws:iam::111122223333:role/*""#, #"["worker"]"#, "7", "{}", "true",
            #"[["\#(Self.role)"]]"#, #""\#(Self.role),\#(Self.role)""#, #""arn:aws:iam::111122223333:user/worker""#,
        ] {
            #expect(try roles(claim).hasPrefix("The roles claim"), "\(claim)")
        }
    }

    private func tags(_ claims: String) throws -> (tags: [String: String], transitive: Set<String>)? {
        do {
            let tags = try ClaimedTags.read(try Claim.members(Array(claims.utf8)))
            return (tags.all, tags.transitiveKeys)
        } catch is STS.InvalidIdentityTokenException { return nil }
    }

    private static let claim = "https://aws.amazon.com/tags"
    private static let flat =
        #""\#(claim)/principal_tags/team":"blue","\#(claim)/principal_tags/a/b":"","\#(claim)/transitive_tag_keys":["Team"]"#
    private static let nested =
        #""\#(claim)":{"principal_tags":{"team":["blue"],"a/b":[""]},"transitive_tag_keys":["Team"]}"#

    @Test func bothFormsSayTheSame() throws {
        for form in [Self.flat, Self.nested] {
            let found = try #require(try tags("{\(form)}"))
            #expect(found.tags == ["team": "blue", "a/b": ""])
            #expect(found.transitive == ["team"])
        }
        #expect(try tags("{}")?.tags == [:])
    }

    @Test func oneFormInOneToken() throws {
        #expect(try tags("{\(Self.flat),\(Self.nested)}") == nil)
        #expect(try tags(#"{\#(Self.flat),"\#(Self.claim)":{}}"#) == nil)
        #expect(try tags(#"{\#(Self.nested),"\#(Self.claim)/transitive_tag_keys":[]}"#) == nil)
    }

    @Test func malformed() throws {
        let tag = Self.claim + "/principal_tags/"
        for wrong in [
            #""\#(tag)team":["blue"]"#, #""\#(tag)team":7"#, #""\#(tag)team":null"#, #""\#(tag)":"blue""#,
            #""\#(tag)team":"a","\#(tag)TEAM":"b""#, #""\#(tag)aws:team":"blue""#, "\"\(tag)\u{301}team\":\"blue\"",
            #""\#(Self.claim)/transitive_tag_keys":["team"]"#, #""\#(Self.claim)/transitive_tag_keys":7"#,
            #""\#(Self.claim)":null"#,
        ] {
            #expect(try tags("{\(wrong)}") == nil, "\(wrong)")
        }
    }
}
