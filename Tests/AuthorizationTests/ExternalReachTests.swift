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
        let asked = reaches(
            provider, #""StringEquals":{"\#(host):aud":"sts.amazonaws.com"}"#, action: action, as: .trust)
        #expect(asked.map(\.isPublic) == [false])
        #expect(asked.map(\.condition) == [["\(host):aud": "sts.amazonaws.com"]])
    }

    @Test func accessPointsDecideWhereABucketSaysSo() {
        func door(_ key: String, _ value: String) -> [ExternalReach.Door] {
            reaches(Self.everyone, #""StringLike":{"\#(key)":"\#(value)"}"#).map(\.door)
        }
        #expect(door("s3:DataAccessPointAccount", Self.own) == [.ownPoints])
        #expect(door("s3:DataAccessPointAccount", Self.other) == [.points(of: Self.other)])
        #expect(door("s3:DataAccessPointArn", "arn:aws:s3:us-east-1:\(Self.own):accesspoint/*") == [.ownPoints])
        #expect(door("s3:DataAccessPointArn", "*") == [.direct])
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
