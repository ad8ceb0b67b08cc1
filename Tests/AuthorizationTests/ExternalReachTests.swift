import Authorization
import Testing

/// Defends: whom outside its account a resource's policy lets in, and what counts as public of it.
/// - Source: IAM User Guide, "How IAM Access Analyzer findings work", "IAM Access Analyzer filter keys".
@Suite struct ExternalReachTests {
    private static let own = "111122223333"
    private static let other = "444455556666"

    private func reaches(
        _ principal: String, _ condition: String? = nil, action: String = #""Action":"s3:GetObject""#,
        and more: String = "", as kind: PolicyKind = .resource(service: "s3")
    ) -> [ExternalReach] {
        let condition = condition.map { #","Condition":{\#($0)}"# } ?? ""
        let resource = kind == .trust ? "" : #","Resource":"arn:aws:s3:::box/*""#
        let text =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",\#(principal),\#(action)\#(resource)\#(condition)}\#(more)]}"#
        let policy = CompiledPolicy(stored: Array(text.utf8), as: kind)
        #expect(!policy.isBroken, "\(text)")
        return ExternalReach.all(of: policy, ownedBy: Self.own)
    }

    private static let everyone = #""Principal":"*""#

    @Test func principals() {
        let (own, other) = (Self.own, Self.other)
        let role = "arn:aws:iam::\(other):role/Reader"
        for (principal, expected, isPublic) in [
            (#""Principal":"*""#, [ExternalReach.Principal.everyone], true),
            (#""Principal":{"AWS":"*"}"#, [.everyone], true),
            (#""Principal":{"AWS":"\#(other)"}"#, [.account(other)], false),
            (#""Principal":{"AWS":"arn:aws:iam::\#(other):root"}"#, [.account(other)], false),
            (#""Principal":{"AWS":"\#(role)"}"#, [.identity(role)], false),
            (#""Principal":{"AWS":["\#(own)","\#(role)","\#(other)"]}"#, [.identity(role), .account(other)], false),
            (#""Principal":{"AWS":"\#(own)"}"#, [], false),
            (#""Principal":{"AWS":"arn:aws:iam::\#(own):root"}"#, [], false),
            (#""Principal":{"AWS":"arn:aws:iam::\#(own):user/staff/alice"}"#, [], false),
            // Somebody who was deleted.
            (#""Principal":{"AWS":"AIDAEXAMPLEEXAMPLE11"}"#, [], false),
            (#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#, [], false),
            (#""NotPrincipal":{"AWS":"arn:aws:iam::\#(own):root"}"#, [.everyone], true),
            (
                #""Principal":{"Federated":"arn:aws:iam::\#(own):saml-provider/corp"}"#,
                [.federated("arn:aws:iam::\(own):saml-provider/corp")], false
            ),
            (#""Principal":{"Federated":"accounts.google.com"}"#, [.federated("accounts.google.com")], true),
        ] as [(String, [ExternalReach.Principal], Bool)] {
            let found = reaches(principal)
            #expect(found.map(\.principal) == expected, "\(principal)")
            #expect(found.contains(where: \.isPublic) == isPublic, "\(principal)")
        }
    }

    @Test func conditionsThatConfineLeaveNobody() {
        let (own, other) = (Self.own, Self.other)
        for condition in [
            #""StringEquals":{"aws:PrincipalAccount":"\#(own)"}"#, #""StringEquals":{"aws:SourceAccount":"\#(own)"}"#,
            #""StringEquals":{"aws:SourceOwner":"\#(own)"}"#, #""StringLike":{"KMS:CallerAccount":"\#(own)"}"#,
            #""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::\#(own):role/*"}"#,
            #""ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:\#(own):topic"}"#,
            #""Bool":{"aws:PrincipalIsAWSService":"true"}"#,
        ] {
            #expect(reaches(Self.everyone, condition).isEmpty, "\(condition)")
        }
        // Another account, several, a wildcard, or words that let the key be absent: somebody outside gets in.
        for condition in [
            #""StringEquals":{"aws:PrincipalAccount":["\#(own)","\#(other)"]}"#,
            #""StringEquals":{"kms:CallerAccount":"\#(other)"}"#, #""StringLike":{"aws:PrincipalAccount":"*"}"#,
            #""StringEqualsIfExists":{"aws:PrincipalAccount":"\#(own)"}"#,
            #""StringNotEquals":{"aws:PrincipalAccount":"\#(own)"}"#,
            #""ForAllValues:StringEquals":{"aws:PrincipalAccount":"\#(own)"}"#,
            #""ArnLike":{"aws:SourceArn":"arn:aws:s3:::box"}"#, #""Bool":{"aws:SecureTransport":"true"}"#,
        ] {
            #expect(reaches(Self.everyone, condition).map(\.principal) == [.everyone], "\(condition)")
        }
    }

    @Test func conditionsAreShownAndTakeTheWorldOut() {
        for (condition, shown, isPublic) in [
            (#""StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}"#, ["aws:PrincipalOrgID": "o-a1b2c3d4e5"], false),
            (
                #""IpAddress":{"aws:SourceIp":["203.0.113.0/24","198.51.100.7"]}"#,
                ["aws:SourceIp": "203.0.113.0/24,198.51.100.7"], false
            ),
            (#""IpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#, ["aws:SourceIp": "0.0.0.0/0"], true),
            (#""StringEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}"#, ["aws:SourceVpce": "vpce-1a2b3c4d"], false),
            (#""StringEquals":{"kms:CallerAccount":"444455556666"}"#, ["kms:CallerAccount": "444455556666"], false),
            (
                #""StringEquals":{"aws:PrincipalAccount":"444455556666"}"#, ["aws:PrincipalAccount": "444455556666"],
                false
            ),
            // What callers choose themselves.
            (#""StringLike":{"aws:Referer":"https://example.com/*"}"#, [:], true),
            (#""StringEquals":{"sts:ExternalId":"secret"}"#, [:], true),
        ] as [(String, [String: String], Bool)] {
            let found = reaches(Self.everyone, condition)
            #expect(found.map(\.condition) == [shown], "\(condition)")
            #expect(found.map(\.isPublic) == [isPublic], "\(condition)")
        }
    }

    @Test func tokensThatAreAskedAboutAreNotEverybodys() {
        let host = "token.example.com"
        let provider = #""Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/\#(host)"}"#
        let action = #""Action":"sts:AssumeRoleWithWebIdentity""#
        #expect(reaches(provider, action: action, as: .trust).map(\.isPublic) == [true])
        for (claim, isPublic) in [
            ("sub\":\"repo:octo/box:ref:refs/heads/main", false), ("sub\":\"repo:octo/*", false),
            ("sub\":\"alice", false),
            ("sub\":[\"repo:octo/*\",\"repo:*\"]", true), ("sub\":\"repo:*", true), ("sub\":\"repo:o*", true),
            ("sub\":\"*", true), ("sub\":\"??*", true), ("sub\":\"repo:*/box", true),
            // Whoever asks for a token chooses whom it is for.
            ("aud\":\"sts.amazonaws.com", true), ("amr\":\"authenticated", true), ("ref\":\"refs/heads/main", true),
        ] {
            let value = claim.hasSuffix("]") ? claim : claim + "\""
            let found = reaches(provider, "\"StringLike\":{\"\(host):\(value)}", action: action, as: .trust)
            #expect(found.map(\.isPublic) == [isPublic], "\(claim)")
        }
        let asked = reaches(
            provider, #""StringEquals":{"\#(host):aud":"sts.amazonaws.com","\#(host):sub":"alice"}"#, action: action,
            as: .trust)
        #expect(asked.map(\.isPublic) == [false])
        #expect(asked.map(\.condition) == [["\(host):aud": "sts.amazonaws.com", "\(host):sub": "alice"]])
    }

    @Test func accessPointsDecideWhereABucketSaysSo() {
        func door(_ key: String, _ value: String) -> [ExternalReach.Door] {
            reaches(Self.everyone, #""StringLike":{"\#(key)":"\#(value)"}"#).map(\.door)
        }
        #expect(door("s3:DataAccessPointAccount", Self.own) == [.ownPoints])
        #expect(door("s3:DataAccessPointAccount", Self.other) == [.points(of: Self.other)])
        #expect(door("s3:DataAccessPointArn", "arn:aws:s3:us-east-1:\(Self.own):accesspoint/*") == [.ownPoints])
        #expect(door("s3:DataAccessPointArn", "*") == [.direct])
        // Both doors stay where both are named; two words together leave what both allow.
        let (own, other) = (Self.own, Self.other)
        func doors(_ condition: String) -> [ExternalReach.Door] { reaches(Self.everyone, condition).map(\.door) }
        let both = #""s3:DataAccessPointAccount":["\#(own)","\#(other)"]"#
        #expect(doors("\"StringEquals\":{\(both)}") == [.ownPoints, .points(of: other)])
        #expect(
            doors(#""StringEquals":{\#(both),"s3:DataAccessPointArn":"arn:aws:s3:us-east-1:\#(own):accesspoint/a"}"#)
                == [.ownPoints])
        let many = (0...10).map { "\"1000000000\($0 + 10)\"" }.joined(separator: ",")
        #expect(doors("\"StringEquals\":{\"s3:DataAccessPointAccount\":[\(many)]}") == [.direct])
    }

    @Test func aWildcardBeforeTheAccountDoesNotPinIt() {
        let own = Self.own
        for (condition, isPinned) in [
            (#""StringLike":{"aws:PrincipalArn":"arn:aws:iam::\#(own):*"}"#, true),
            (#""StringLike":{"aws:PrincipalArn":"arn:aws:*::\#(own):role/x"}"#, false),
            (#""StringLike":{"aws:PrincipalArn":"arn:aws:i?m::\#(own):role/x"}"#, false),
            (#""StringLike":{"aws:SourceArn":"arn:*:s3::\#(own):box"}"#, false),
            // Parts of an ARN are matched each for itself.
            (#""ArnLike":{"aws:PrincipalArn":"arn:aws:*::\#(own):role/x"}"#, true),
        ] {
            #expect(reaches(Self.everyone, condition).isEmpty == isPinned, "\(condition)")
        }
        for (word, isDenied) in [("arn:aws:iam::\(own):*", true), ("arn:*::\(own):*", false), ("*:\(own):*", false)] {
            let left = reaches(
                Self.everyone,
                and:
                    #",{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotLike":{"aws:PrincipalArn":"\#(word)"}}}"#
            )
            #expect(left.isEmpty == isDenied, "\(word)")
        }
    }

    @Test func whatAsksForAKeyDoesNotHoldForAnonymousCallers() {
        let other = Self.other
        func left(_ condition: String, _ principal: String, _ denied: String = #""*""#) -> Int {
            reaches(
                principal,
                and:
                    #",{"Effect":"Deny","Principal":\#(denied),"Action":"*","Resource":"*","Condition":{\#(condition)}}"#
            ).count
        }
        let plain = #""Bool":{"aws:PrincipalIsAWSService":"false"}"#
        let account = #""Principal":{"AWS":"\#(other)"}"#
        #expect(left(plain, Self.everyone) == 1)
        #expect(left(plain, #""Principal":{"Federated":"accounts.google.com"}"#) == 1)
        #expect(left(plain, account) == 0)
        #expect(left(plain, account, #"{"AWS":"\#(other)"}"#) == 0)
        #expect(left(#""BoolIfExists":{"aws:PrincipalIsAWSService":"false"}"#, Self.everyone) == 0)
        #expect(left(#""BoolIfExists":{"aws:PrincipalIsAWSService":"true"}"#, Self.everyone) == 1)
        #expect(left(#""ForAnyValue:Bool":{"aws:PrincipalIsAWSService":"false"}"#, account) == 1)
    }

    @Test(.timeLimit(.minutes(10))) func longPoliciesTakeNoLongTime() {
        // As long as a bucket's policy may be: many principals, many actions, many denials, one wide pattern.
        let names = (0..<400).map { "\"\(200_000_000_000 + $0)\"" }.joined(separator: ",")
        let actions = (0..<400).map { "\"s3:a\($0)\"" }.joined(separator: ",")
        let denials = (0..<40).map {
            #",{"Effect":"Deny","Principal":{"AWS":"\#(200_000_000_000 + $0)"},"Action":["s3:*a*b","s3:a*"],"Resource":"*"}"#
        }
        let found = reaches(
            "\"Principal\":{\"AWS\":[\(names),\(names)]}", action: "\"Action\":[\(actions),\(actions)]",
            and: denials.joined())
        #expect(found.count == 360 && found.allSatisfy { $0.actions.count == 400 })
        // What could not be compared is not denied.
        let pattern = "s3:" + String(repeating: "*a", count: 4000) + "b"
        let text = "s3:" + String(repeating: "a", count: 8000)
        for (denied, count) in [("\"\(pattern)\"", 1), ("[\"\(pattern)\",\"s3:*\"]", 0)] {
            let kept = reaches(
                Self.everyone, action: "\"Action\":\"\(text)\"",
                and: #",{"Effect":"Deny","Principal":"*","Action":\#(denied),"Resource":"*"}"#)
            #expect(kept.count == count)
        }
    }

    @Test func whoGetsInByBoth() {
        func common(_ one: ExternalReach.Principal, _ other: ExternalReach.Principal) -> ExternalReach.Principal? {
            let (left, right) = (ExternalReach(one, actions: []), ExternalReach(other, actions: []))
            #expect(left.common(right) == right.common(left))
            return left.common(right)
        }
        let (role, session) = (
            "arn:aws:iam::\(Self.other):role/a/Reader", "arn:aws:sts::\(Self.other):assumed-role/Reader/x"
        )
        #expect(common(.everyone, .account(Self.other)) == .account(Self.other))
        #expect(common(.account(Self.other), .identity(role)) == .identity(role))
        #expect(common(.identity(role), .identity(session)) == .identity(session))
        #expect(common(.account(Self.own), .identity(role)) == nil)
        #expect(ExternalReach.tells(ofKey: "AWS:PrincipalOrgID") && ExternalReach.tells(ofKey: "token.example.com:sub"))
        #expect(!ExternalReach.tells(ofKey: "aws:Referer") && !ExternalReach.tells(ofKey: ""))
    }

    @Test func actions() {
        #expect(
            reaches(Self.everyone, action: #""Action":["s3:Get*","s3:List*"]"#)[0].actions == ["s3:Get*", "s3:List*"])
        #expect(reaches(Self.everyone, action: #""NotAction":"s3:Get*""#)[0].actions == ["s3:*"])
    }

    @Test func denialsCountWhereTheySurelyHold() {
        let (own, other) = (Self.own, Self.other)
        func left(_ denial: String, to principal: String = ExternalReachTests.everyone) -> Int {
            reaches(principal, and: #",{"Effect":"Deny",\#(denial)}"#).count
        }
        let all = #""Action":"s3:*","Resource":"*""#
        for denial in [
            #""Principal":"*",\#(all)"#,
            #""Principal":"*",\#(all),"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"\#(own)"}}"#,
            #""Principal":{"AWS":"*"},"Action":"S3:get*","Resource":"arn:aws:s3:::box/*""#,
            #""NotPrincipal":{"AWS":"arn:aws:iam::\#(own):root"},\#(all)"#,
            #""Principal":"*",\#(all),"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::\#(own):*"}}"#,
        ] {
            #expect(left(denial) == 0, "\(denial)")
        }
        for denial in [
            #""Principal":"*","Action":"s3:PutObject","Resource":"*""#,
            #""Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::box/private/*""#,
            #""Principal":{"AWS":"\#(other)"},\#(all)"#,
            #""Principal":"*",\#(all),"Condition":{"Bool":{"aws:SecureTransport":"false"}}"#,
            #""Principal":"*",\#(all),"Condition":{"StringNotEquals":{"aws:PrincipalAccount":["\#(own)","\#(other)"]}}"#,
        ] {
            #expect(left(denial) == 1, "\(denial)")
        }
        #expect(left(#""Principal":{"AWS":"\#(other)"},\#(all)"#, to: #""Principal":{"AWS":"\#(other)"}"#) == 0)
    }

    @Test func whatCannotBeReadLetsNobodyIn() {
        #expect(ExternalReach.all(of: .broken(as: .keyPolicy), ownedBy: Self.own).isEmpty)
    }
}
