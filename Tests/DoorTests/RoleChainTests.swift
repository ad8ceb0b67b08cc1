import AWS
import Foundation
import IAMAPI
import IAMService
import Journal
import STSAPI
import Scaffold
import Testing
import World

/// Defends: what a session is given lasts through a chain of roles, cannot be changed on the way, and needs leave at each
/// step; a chain gains no time.
@Suite(.serialized) struct RoleChainTests {
    /// Roles `first`, `second` and `third`, each open to the account for these actions, each allowed the whole of STS.
    private func roles(
        _ house: House, _ actions: String = #"["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#
    )
        async throws
    {
        for name in ["first", "second", "third"] {
            let trust =
                #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":\#(actions)}]}"#
            try await house.must(
                IAM.service, "CreateRole",
                ["RoleName": .text(name), "AssumeRolePolicyDocument": .text(trust), "MaxSessionDuration": 43200])
            try await house.must(
                IAM.service, "PutRolePolicy",
                [
                    "RoleName": .text(name), "PolicyName": "sts",
                    "PolicyDocument":
                        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:*","iam:List*"],"Resource":"*"}]}"#,
                ])
        }
    }

    private func user(_ house: House) async throws -> Keys {
        try await house.must(IAM.service, "CreateUser", ["UserName": "ann"])
        try await house.must(
            IAM.service, "PutUserPolicy",
            [
                "UserName": "ann", "PolicyName": "sts",
                "PolicyDocument":
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}"#,
            ])
        let made = try await house.must(IAM.service, "CreateAccessKey", ["UserName": "ann"])
        return try made.keys()
    }

    private func assume(_ house: House, _ role: String, _ input: Input = [:], as keys: Keys) async throws -> Answer {
        try await house.call(
            STS.service, "AssumeRole",
            ["RoleArn": .text(Stage.iam + "role/" + role), "RoleSessionName": .text("as-" + role)].merging(input) {
                $1
            }, as: keys)
    }

    @Test func transitiveTagsTravelAndOthersDoNot() async throws {
        let house = try await House()
        try await roles(house)
        let ann = try await user(house)
        let first = try await assume(
            house, "first",
            ["Tags": tags(["Star": "1", "Heart": "1"]), "TransitiveTagKeys": ["star"]], as: ann)
        #expect(first.text("PackedPolicySize") == "1")
        let second = try await assume(house, "second", ["Tags": tags(["Sun": "2"])], as: first.keys())
        let third = try await assume(house, "third", as: second.keys())
        let request = try #require(third.records.first?.json["requestParameters"] as? [String: Any])
        #expect(request["incomingTransitiveTags"] as? [String: String] == ["Star": "1"])
        // The role's policy may now depend on the tag; the one that was not passed on is not there.
        for (key, value, may) in [("Star", "1", true), ("Heart", "1", false), ("Sun", "2", false)] {
            try await house.must(
                IAM.service, "PutRolePolicy",
                [
                    "RoleName": "third", "PolicyName": "sts",
                    "PolicyDocument": .text(
                        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/\#(key)":"\#(value)"}}}]}"#
                    ),
                ])
            let status = try await house.call(IAM.service, "ListUsers", as: third.keys()).status
            #expect((status == 200) == may, "\(key)")
        }
    }

    @Test func anInheritedTagIsNotReplaced() async throws {
        let house = try await House()
        try await roles(house)
        let ann = try await user(house)
        let first = try await assume(
            house, "first", ["Tags": tags(["Star": "1"]), "TransitiveTagKeys": ["Star"]], as: ann)
        let answer = try await assume(house, "second", ["Tags": tags(["STAR": "2"])], as: first.keys())
        #expect(answer.code == "InvalidParameterValue")
        #expect(answer.message?.contains("conflicts with a transitive tag key from the calling session") == true)
    }

    @Test func theSourceIdentityStays() async throws {
        let house = try await House()
        try await roles(house)
        let ann = try await user(house)
        let first = try await assume(house, "first", ["SourceIdentity": "ann"], as: ann)
        #expect(first.text("SourceIdentity") == "ann")
        let second = try await assume(house, "second", as: first.keys())
        #expect(second.text("SourceIdentity") == "ann")
        #expect(
            (second.records.first?.json["requestParameters"] as? [String: Any])?["sourceIdentity"] as? String == "ann")
        #expect(try await assume(house, "second", ["SourceIdentity": "ann"], as: first.keys()).status == 200)
        let other = try await assume(house, "second", ["SourceIdentity": "bob"], as: first.keys())
        #expect(other.code == "ValidationError")
        #expect(other.message == "The source identity is already set for this assume role session")
        let whoAmI = try await house.call(STS.service, "GetCallerIdentity", as: second.keys())
        let context = (whoAmI.records.first?.json["userIdentity"] as? [String: Any])?["sessionContext"]
        #expect((context as? [String: Any])?["sourceIdentity"] as? String == "ann")
    }

    @Test func eachStepNeedsLeaveForWhatIsInherited() async throws {
        let house = try await House()
        try await roles(house)
        let ann = try await user(house)
        let tagged = try await assume(
            house, "first", ["Tags": tags(["Star": "1"]), "TransitiveTagKeys": ["Star"]], as: ann)
        let named = try await assume(house, "first", ["SourceIdentity": "ann"], as: ann)
        let trust =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}"#
        try await house.must(
            IAM.service, "UpdateAssumeRolePolicy", ["RoleName": "second", "PolicyDocument": .text(trust)])
        let session = "User: arn:aws:sts::111122223333:assumed-role/first/as-first is not authorized to perform: "
        #expect(
            try await assume(house, "second", as: tagged.keys()).message?.hasPrefix(session + "sts:TagSession") == true)
        #expect(
            try await assume(house, "second", as: named.keys()).message?.hasPrefix(session + "sts:SetSourceIdentity")
                == true)
        let plain = try await assume(house, "first", as: ann)
        #expect(try await assume(house, "second", as: plain.keys()).status == 200)
    }

    @Test func aChainLastsAnHour() async throws {
        let house = try await House()
        try await roles(house)
        let ann = try await user(house)
        let first = try await assume(house, "first", ["DurationSeconds": 43200], as: ann)
        #expect(first.status == 200)
        #expect(try await assume(house, "second", ["DurationSeconds": 3600], as: first.keys()).status == 200)
        let long = try await assume(house, "second", ["DurationSeconds": 3601], as: first.keys())
        #expect(long.code == "ValidationError")
        #expect(
            long.message
                == "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
        // What the role itself allows is said first.
        try await house.must(IAM.service, "UpdateRole", ["RoleName": "second", "MaxSessionDuration": 3600])
        let beyond = try await assume(house, "second", ["DurationSeconds": 3601], as: first.keys())
        #expect(beyond.message?.hasSuffix("exceeds the MaxSessionDuration set for this role.") == true)
    }

    @Test func aRoleTakesItselfOnlyIfItsTrustPolicySaysSo() async throws {
        let house = try await House()
        try await roles(house)
        let ann = try await user(house)
        let first = try await assume(house, "first", as: ann)
        #expect(try await assume(house, "first", as: first.keys()).status == 200)
        let trust =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"},"Action":"sts:AssumeRole"}]}"#
        try await house.must(
            IAM.service, "UpdateAssumeRolePolicy", ["RoleName": "first", "PolicyDocument": .text(trust)])
        #expect(try await assume(house, "first", as: first.keys()).code == "AccessDenied")
    }

    /// The way AWS tells to take back what was given: deny all that was issued before now.
    @Test func sessionsAreRevokedByTheTimeOfTheirTokens() async throws {
        let house = try await House()
        try await roles(house)
        let ann = try await user(house)
        let old = try await assume(house, "first", as: ann)
        #expect(try await house.call(IAM.service, "ListUsers", as: old.keys()).status == 200)
        house.clock.advance(by: .seconds(60))
        try await house.must(
            IAM.service, "PutRolePolicy",
            [
                "RoleName": "first", "PolicyName": "AWSRevokeOlderSessions",
                "PolicyDocument": .text(
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"\#(house.clock.now().iso8601)"}}}]}"#
                ),
            ])
        let refused = try await house.call(IAM.service, "ListUsers", as: old.keys())
        #expect(refused.message?.hasSuffix("with an explicit deny in an identity-based policy") == true)
        let new = try await assume(house, "first", as: ann)
        #expect(try await house.call(IAM.service, "ListUsers", as: new.keys()).status == 200)
    }

    @Test func bothAccountsHaveARecord() async throws {
        let other = "210987654321"
        let founding = Founding(
            account: try #require(AccountID(other)), accessKeyID: "AKIAOTHEROTHEROTHER0",
            secret: String(repeating: "o", count: 40))
        let house = try await House(extraAccount: founding)
        let foreign = Keys(id: founding.accessKeyID, secret: String(repeating: "o", count: 40))
        let ann = try await user(house)
        let trust =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}"#
        try await house.must(
            IAM.service, "CreateRole", ["RoleName": "shared", "AssumeRolePolicyDocument": .text(trust)], as: foreign)
        let answer = try await house.call(
            STS.service, "AssumeRole",
            ["RoleArn": .text("arn:aws:iam::\(other):role/shared"), "RoleSessionName": "visit"], as: ann)
        #expect(answer.status == 200)
        try #require(answer.records.count == 2)
        let (own, copy) = (answer.records[0].json, answer.records[1].json)
        #expect(own["recipientAccountId"] as? String == House.account)
        #expect(copy["recipientAccountId"] as? String == other)
        #expect(own["sharedEventID"] as? String == copy["sharedEventID"] as? String)
        #expect(own["sharedEventID"] != nil && own["eventID"] as? String != copy["eventID"] as? String)
        let caller = try #require(copy["userIdentity"] as? [String: String])
        #expect(Set(caller.keys) == ["type", "principalId", "accountId"])
        #expect(caller["type"] == "AWSAccount" && caller["accountId"] == House.account)
        #expect(caller["principalId"]?.hasPrefix("AIDA") == true)
        // Where it is refused, only the caller's account is told.
        let refused = try await house.call(
            STS.service, "AssumeRole",
            ["RoleArn": .text("arn:aws:iam::\(other):role/nobody"), "RoleSessionName": "visit"], as: ann)
        #expect(refused.records.map(\.entry.account) == [House.account])
        #expect(refused.records.first?.json["sharedEventID"] == nil)
    }
}
