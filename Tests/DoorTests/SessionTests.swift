import Door
import Foundation
import IAMAPI
import Journal
import STSAPI
import Scaffold
import Smithy
import Storage
import Testing
import World

/// Defends: temporary credentials are worth exactly what the server gave, as long as it gave it.
@Suite(.serialized) struct SessionTests {
    private static let worker = Stage.iam + "role/staff/worker"

    private func session(_ stage: Stage, _ input: Input = [:]) async throws -> Keys {
        try await stage.grant([Statement(action: "sts:AssumeRole", resource: Self.worker)])
        let answer = try await stage.house.must(
            STS.service, "AssumeRole",
            ["RoleArn": .text(Self.worker), "RoleSessionName": "shift"].merging(input) { $1 }, as: stage.caller)
        return Keys(
            id: try #require(answer.text("AccessKeyId")), secret: try #require(answer.text("SecretAccessKey")),
            token: answer.text("SessionToken"))
    }

    private func whoAmI(_ stage: Stage, _ keys: Keys) async throws -> Answer {
        try await stage.house.call(STS.service, "GetCallerIdentity", as: keys)
    }

    /// Lets the role list users, within its boundary.
    private func allowListing(_ stage: Stage) async throws {
        try await stage.house.must(IAM.service, "DeleteRolePermissionsBoundary", ["RoleName": "worker"])
        try await stage.house.must(
            IAM.service, "PutRolePolicy",
            [
                "RoleName": "worker", "PolicyName": "list",
                "PolicyDocument":
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:List*","Resource":"*"}]}"#,
            ])
    }

    @Test func speaksForTheRole() async throws {
        let stage = try await Stage()
        let keys = try await session(stage)
        let answer = try await whoAmI(stage, keys)
        #expect(answer.text("Arn") == "arn:aws:sts::111122223333:assumed-role/worker/shift")
        #expect(answer.text("UserId")?.hasPrefix("AROA") == true)
        #expect(answer.text("UserId")?.hasSuffix(":shift") == true)
        let identity = try #require(answer.records.first?.json["userIdentity"] as? [String: Any])
        #expect(identity["type"] as? String == "AssumedRole")
        #expect(identity["userName"] == nil)
        let context = try #require(identity["sessionContext"] as? [String: Any])
        let issuer = try #require(context["sessionIssuer"] as? [String: Any])
        #expect(issuer["arn"] as? String == Self.worker)
        #expect(
            (context["attributes"] as? [String: String]) == [
                "creationDate": "2026-01-02T03:04:05Z", "mfaAuthenticated": "false",
            ])
    }

    @Test func aChangedTokenIsRefused() async throws {
        let stage = try await Stage()
        let keys = try await session(stage)
        let token = try #require(keys.token)
        var sealed = [UInt8](try #require(Data(base64Encoded: token)))
        var others = [
            "", "x", String(token.dropLast()), String(token.prefix(8)), token + "AAAA", token.lowercased(), " " + token,
        ]
        for at in stride(from: 0, to: sealed.count, by: 64) + [sealed.count - 1] {
            sealed[at] ^= 1
            others.append(Data(sealed).base64EncodedString())
            sealed[at] ^= 1
        }
        for other in others {
            var forged = keys
            forged.token = other
            let answer = try await whoAmI(stage, forged)
            #expect(answer.status == 403, "\(other)")
            #expect(answer.records.isEmpty)
        }
        #expect(try await whoAmI(stage, keys).status == 200)
    }

    @Test func aTokenMovedToAnotherKeyIsRefused() async throws {
        let stage = try await Stage()
        let (one, two) = (try await session(stage), try await session(stage))
        #expect(
            try await whoAmI(stage, Keys(id: two.id, secret: one.secret, token: one.token)).code
                == "InvalidClientTokenId")
        #expect(
            try await whoAmI(stage, Keys(id: one.id, secret: two.secret, token: two.token)).code
                == "InvalidClientTokenId")
        #expect(
            try await whoAmI(stage, Keys(id: one.id, secret: two.secret, token: one.token)).code
                == "SignatureDoesNotMatch")
        #expect(
            try await whoAmI(stage, Keys(id: one.id, secret: one.secret, token: nil)).code == "InvalidClientTokenId")
        #expect(
            try await whoAmI(stage, Keys(id: stage.caller.id, secret: stage.caller.secret, token: one.token)).code
                == "InvalidClientTokenId")
        #expect(
            try await whoAmI(stage, Keys(id: stage.caller.id, secret: one.secret, token: one.token)).code
                == "InvalidClientTokenId")
    }

    @Test func anotherHousesTokenIsRefused() async throws {
        let (stage, other) = (try await Stage(), try await Stage())
        let keys = try await session(other)
        #expect(try await whoAmI(stage, keys).code == "InvalidClientTokenId")
    }

    @Test func endsWhenItShould() async throws {
        let stage = try await Stage()
        let keys = try await session(stage, ["DurationSeconds": 900])
        stage.house.clock.advance(by: .milliseconds(899_999))
        #expect(try await whoAmI(stage, keys).status == 200)
        stage.house.clock.advance(by: .milliseconds(1))
        let late = try await whoAmI(stage, keys)
        #expect(late.status == 403)
        #expect(late.code == "ExpiredToken")
    }

    @Test func withoutItsRoleItMayNothing() async throws {
        let stage = try await Stage()
        let keys = try await session(stage)
        try await allowListing(stage)
        #expect(try await stage.house.call(IAM.service, "ListUsers", as: keys).status == 200)
        for policy in ["notes", "more", "list"] {
            try await stage.house.must(
                IAM.service, "DeleteRolePolicy", ["RoleName": "worker", "PolicyName": .text(policy)])
        }
        for policy in [Stage.reader, Stage.other] {
            try await stage.house.must(
                IAM.service, "DetachRolePolicy", ["RoleName": "worker", "PolicyArn": .text(policy)])
        }
        #expect(try await stage.house.call(IAM.service, "ListUsers", as: keys).code == "AccessDenied")
        try await stage.house.must(IAM.service, "DeleteRole", ["RoleName": "worker"])
        #expect(try await stage.house.call(IAM.service, "ListUsers", as: keys).code == "InvalidClientTokenId")
        #expect(try await whoAmI(stage, keys).code == "InvalidClientTokenId")
        // A namesake made afterwards gives the old session nothing.
        try await stage.house.must(
            IAM.service, "CreateRole",
            ["RoleName": "worker", "Path": "/staff/", "AssumeRolePolicyDocument": .text(Stage.trust)])
        try await stage.house.must(
            IAM.service, "AttachRolePolicy",
            ["RoleName": "worker", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"])
        #expect(try await stage.house.call(IAM.service, "ListUsers", as: keys).code == "InvalidClientTokenId")
        #expect(try await whoAmI(stage, keys).code == "InvalidClientTokenId")
    }

    @Test func sessionPoliciesNarrow() async throws {
        let stage = try await Stage()
        try await allowListing(stage)
        let narrow: Value =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ListGroups","iam:CreateUser"],"Resource":"*"}]}"#
        let keys = try await session(stage, ["Policy": narrow])
        #expect(try await stage.house.call(IAM.service, "ListGroups", as: keys).status == 200)
        let users = try await stage.house.call(IAM.service, "ListUsers", as: keys)
        #expect(users.message?.hasSuffix("because no session policy allows the iam:ListUsers action") == true)
        #expect(
            try await stage.house.call(IAM.service, "CreateUser", ["UserName": "x"], as: keys).code == "AccessDenied")
    }

    @Test func rootTakesNoRoles() async throws {
        let stage = try await Stage()
        let answer = try await stage.house.call(
            STS.service, "AssumeRole", ["RoleArn": .text(Self.worker), "RoleSessionName": "shift"], as: stage.house.root
        )
        #expect(answer.code == "AccessDenied")
        #expect(answer.message == "Roles may not be assumed by root accounts.")
    }

    @Test func keysOfTheDeletedAndTheInactiveAreRefused() async throws {
        let stage = try await Stage()
        #expect(try await whoAmI(stage, stage.caller).status == 200)
        let key = Value.text(stage.caller.id)
        try await stage.house.must(
            IAM.service, "UpdateAccessKey", ["UserName": "caller", "AccessKeyId": key, "Status": "Inactive"])
        #expect(try await whoAmI(stage, stage.caller).code == "InvalidClientTokenId")
        try await stage.house.must(
            IAM.service, "UpdateAccessKey", ["UserName": "caller", "AccessKeyId": key, "Status": "Active"])
        #expect(try await whoAmI(stage, stage.caller).status == 200)
        try await stage.house.must(IAM.service, "DeleteAccessKey", ["UserName": "caller", "AccessKeyId": key])
        #expect(try await whoAmI(stage, stage.caller).code == "InvalidClientTokenId")
        try await stage.house.must(
            IAM.service, "DeactivateMFADevice", ["UserName": "caller", "SerialNumber": .text(Stage.badge)])
        try await stage.house.must(IAM.service, "DeleteLoginProfile", ["UserName": "caller"])
        try await stage.house.must(IAM.service, "DeleteUser", ["UserName": "caller"])
        #expect(try await whoAmI(stage, stage.caller).code == "InvalidClientTokenId")
    }

    @Test func aNamesakeInATrustPolicyGainsNothing() async throws {
        let stage = try await Stage()
        let trust: Value =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bare"},"Action":"sts:AssumeRole"}]}"#
        try await stage.house.must(
            IAM.service, "UpdateAssumeRolePolicy", ["RoleName": "worker", "PolicyDocument": trust])
        func bareMay() async throws -> Bool {
            let made = try await stage.house.must(IAM.service, "CreateAccessKey", ["UserName": "bare"])
            let keys = Keys(
                id: try #require(made.text("AccessKeyId")), secret: try #require(made.text("SecretAccessKey")))
            let answer = try await stage.house.call(
                STS.service, "AssumeRole", ["RoleArn": .text(Self.worker), "RoleSessionName": "shift"], as: keys)
            try await stage.house.must(
                IAM.service, "DeleteAccessKey", ["UserName": "bare", "AccessKeyId": .text(keys.id)])
            return answer.status == 200
        }
        #expect(try await bareMay())
        try await stage.house.must(IAM.service, "DeleteUser", ["UserName": "bare"])
        try await stage.house.must(IAM.service, "CreateUser", ["UserName": "bare"])
        #expect(try await !bareMay())
        let shown = try await stage.house.must(IAM.service, "GetRole", ["RoleName": "worker"])
        #expect(shown.text("AssumeRolePolicyDocument")?.contains("AIDA") == true)
    }
}
