import Testing

@testable import Authorization

/// Defends: a role is not opened to all customers of a provider that many share, by oversight.
///
/// Which values and operators are enough is as AWS was seen to take them (`SharedIssuers` names the source).
@Suite struct TrustControlsTests {
    private static let action = #""Action":"sts:AssumeRoleWithWebIdentity""#

    private static func provider(_ issuer: String) -> String { "arn:aws:iam::111122223333:oidc-provider/\(issuer)" }

    private static func statement(
        _ principal: String, _ condition: String = "", effect: String = "Allow",
        action: String = TrustControlsTests.action
    ) -> String {
        let condition = condition.isEmpty ? "" : #","Condition":{\#(condition)}"#
        return #"{"Effect":"\#(effect)","Principal":{"Federated":\#(principal)},\#(action)\#(condition)}"#
    }

    /// What is wrong with a policy of these statements; nil where nothing is.
    private func fault(_ statements: String...) throws -> String? {
        let text = #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
        do throws(PolicyError) {
            try TrustControls.check(Array(text.utf8))
            return nil
        } catch { return error.message }
    }

    private func fault(of principal: String, _ condition: String = "") throws -> String? {
        try fault(Self.statement(#""\#(principal)""#, condition))
    }

    @Test func everyClaimOfTheTable() throws {
        #expect(SharedIssuers.claims.count == 20)
        for (issuer, claim) in SharedIssuers.claims {
            let principal = issuer == SharedIssuers.cognito ? issuer : Self.provider(issuer)
            let other = claim == "sub" ? "aud" : "sub"
            #expect(try fault(of: principal) != nil, "\(issuer)")
            #expect(try fault(of: principal, #""StringEquals":{"\#(issuer):\#(claim)":"ours"}"#) == nil, "\(issuer)")
            #expect(try fault(of: principal, #""StringLike":{"\#(issuer):\#(claim)":"ours:*"}"#) == nil, "\(issuer)")
            #expect(try fault(of: principal, #""StringLike":{"\#(issuer):\#(claim)":"*"}"#) != nil, "\(issuer)")
            #expect(try fault(of: principal, #""StringEquals":{"\#(issuer):\#(other)":"ours"}"#) != nil, "\(issuer)")
        }
    }

    @Test func azureSentinel() throws {
        let principal = Self.provider("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d")
        #expect(try fault(of: principal)?.contains("sts:RoleSessionName which is not scoped") == true)
        #expect(try fault(of: principal, #""StringEquals":{"sts:RoleSessionName":"MicrosoftSentinel_1"}"#) == nil)
        #expect(try fault(of: Self.provider("sts.windows.net/another-tenant")) == nil)
    }

    @Test(arguments: ["StringEquals", "StringLike", "StringEqualsIgnoreCase"])
    func operatorsThatAreEnough(_ name: String) throws {
        for quantifier in ["", "ForAnyValue:", "ForAllValues:"] {
            let condition = #""\#(quantifier)\#(name)":{"GitLab.com:SUB":"ours"}"#
            #expect(try fault(of: Self.provider("gitlab.com"), condition) == nil)
        }
        #expect(try fault(of: Self.provider("gitlab.com"), #""\#(name)IfExists":{"gitlab.com:sub":"ours"}"#) != nil)
    }

    @Test(arguments: [
        #""StringNotEquals":{"gitlab.com:sub":"theirs"}"#, #""StringNotLike":{"gitlab.com:sub":"theirs"}"#,
        #""Null":{"gitlab.com:sub":"false"}"#, #""Bool":{"gitlab.com:sub":"true"}"#,
        #""NumericEquals":{"gitlab.com:sub":"1"}"#, #""StringEquals":{"gitlab.com:sub":"*"}"#,
        #""StringEquals":{"gitlab.com:sub":["ours","*"]}"#, #""StringEquals":{"github.com:sub":"ours"}"#,
    ])
    func conditionsThatAreNot(_ condition: String) throws {
        #expect(
            try fault(of: Self.provider("gitlab.com"), condition)
                == "Trust policy with trusted principal gitlab.com must evaluate, using StringEquals, StringLike or "
                + "StringEqualsIgnoreCase, gitlab.com:sub which is not scoped to all.")
    }

    @Test func valuesThatAWSTakes() throws {
        for value in [#""?""#, #""**""#, #""*?""#, #""""#, "[]"] {
            #expect(try fault(of: Self.provider("gitlab.com"), #""StringLike":{"gitlab.com:sub":\#(value)}"#) == nil)
        }
        let beside = #""StringEquals":{"gitlab.com:sub":"ours"},"StringLike":{"gitlab.com:sub":"*"}"#
        #expect(try fault(of: Self.provider("gitlab.com"), beside) == nil)
    }

    @Test func gitHubActions() throws {
        let issuer = "token.actions.githubusercontent.com"
        func taken(_ claims: (String, String)..., of suffix: String = "", on key: String? = nil) throws -> Bool {
            let members = claims.map { #""\#(key ?? issuer + suffix):\#($0.0)":\#($0.1)"# }.joined(separator: ",")
            let condition = members.isEmpty ? "" : #""StringLike":{\#(members)}"#
            return try fault(of: Self.provider(issuer + suffix), condition) == nil
        }
        #expect(try !taken())
        for claim in ["sub", "job_workflow_ref"] {
            for value in [#""repo:ours/*""#, #""?""#, #""?*""#, #""${aws:username}""#, "[]"] {
                #expect(try taken((claim, value)), "\(claim) \(value)")
            }
            for value in [#""*""#, #""**""#, #""*?""#, #""*ours""#, #""""#, #"" ""#, #"["repo:ours/*","*"]"#] {
                #expect(try !taken((claim, value)), "\(claim) \(value)")
            }
        }
        #expect(try taken(("sub", #""ours""#), ("job_workflow_ref", #""ours""#)))
        #expect(try !taken(("sub", #""ours""#), ("job_workflow_ref", #""*""#)))
        #expect(try !taken(("sub", #""*""#), ("job_workflow_ref", #""ours""#)))
        #expect(try !taken(("repository", #""ours/it""#)))
        for suffix in ["/private", ".example.test", "other"] {
            #expect(try taken(("sub", #""ours""#), of: suffix))
            #expect(try !taken(("sub", #""ours""#), of: suffix, on: issuer))
            #expect(try !taken(of: suffix))
        }
        let principal = Self.provider(issuer)
        #expect(
            try fault(of: principal)
                == "Trust policy with trusted principal \(principal) must evaluate, using StringEquals, StringLike or "
                + "StringEqualsIgnoreCase, \(issuer):sub or \(issuer):job_workflow_ref which is not scoped to all.")
    }

    @Test(arguments: [
        ("accounts.google.com", ["aud", "oaud", "sub"]), ("www.amazon.com", ["app_id", "sub"]),
        ("graph.facebook.com", ["app_id", "sub"]),
    ])
    func theOldest(_ name: String, _ claims: [String]) throws {
        let message = "Policy trusting \(name) requires a StringEquals condition on an application id"
        #expect(try fault(of: name) == message)
        for claim in claims {
            for test in [
                "StringEquals", "StringEqualsIgnoreCase", "ForAnyValue:StringEquals", "ForAllValues:StringEquals",
            ] {
                for value in [#""ours""#, #""*""#, #""""#] {
                    #expect(try fault(of: name, #""\#(test)":{"\#(name):\#(claim)":\#(value)}"#) == nil)
                }
            }
            for test in ["StringLike", "StringNotEquals", "StringEqualsIfExists", "Null"] {
                let value = test == "Null" ? "false" : "ours"
                #expect(try fault(of: name, #""\#(test)":{"\#(name):\#(claim)":"\#(value)"}"#) == message)
            }
            let shouted = "\(name):\(claim)".uppercased()
            #expect(try fault(of: name, #""StringEquals":{"\#(shouted)":"ours"}"#) == message)
        }
        #expect(try fault(of: name, #""StringEquals":{"\#(name):email":"ours"}"#) == message)
    }

    @Test func cognitoWithoutAnyCondition() throws {
        #expect(
            try fault(of: SharedIssuers.cognito) == "A condition block must be present for the Cognito provider")
        let other = #""StringEquals":{"aws:SourceIp":"203.0.113.7"}"#
        #expect(try fault(of: SharedIssuers.cognito, other)?.contains("cognito-identity.amazonaws.com:aud") == true)
    }

    @Test func statementsThatOpenAndOthers() throws {
        let principal = #""\#(Self.provider("gitlab.com"))""#
        let good = Self.statement(principal, #""StringEquals":{"gitlab.com:sub":"ours"}"#)
        #expect(try fault(good, Self.statement(principal, effect: "Deny")) == nil)
        #expect(try fault(Self.statement(principal, action: #""Action":"sts:TagSession""#)) == nil)
        #expect(try fault(good, Self.statement(principal)) != nil)
        for action in [
            #""Action":"sts:*""#, #""Action":["sts:TagSession","STS:assumerolewith*"]"#,
            #""NotAction":"sts:TagSession""#,
        ] {
            #expect(try fault(Self.statement(principal, action: action)) != nil, "\(action)")
        }
        #expect(try fault(Self.statement(principal, action: #""NotAction":"sts:AssumeRoleWith*""#)) == nil)
        // Every provider of a list counts.
        let both = #"["\#(Self.provider("id.example.com"))",\#(principal)]"#
        #expect(try fault(Self.statement(both)) != nil)
    }

    @Test func issuersOfOnesOwn() throws {
        for issuer in ["id.example.com", "gitlab.com/private", "gitlab.example.com", "oidc.vercel.com/ours"] {
            #expect(try fault(of: Self.provider(issuer)) == nil, "\(issuer)")
        }
        #expect(try fault(of: "arn:aws:iam::111122223333:saml-provider/gitlab.com") == nil)
    }

    @Test func whatIsStoredStays() throws {
        let text = #"{"Version":"2012-10-17","Statement":\#(Self.statement(#""\#(Self.provider("gitlab.com"))""#))}"#
        #expect(!CompiledPolicy(stored: Array(text.utf8), as: .trust).isBroken)
    }
}
