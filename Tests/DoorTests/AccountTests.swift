import AWS
import CloudTrailAPI
import Door
import Foundation
import IAMAPI
import IAMService
import Journal
import STSAPI
import Scaffold
import Smithy
import Testing

/// Defends: accounts are apart. What one has, another can neither see, use nor take the name of.
@Suite(.serialized) struct AccountTests {
    private static let stranger = Keys(id: "AKIASTRANGEREXAMPLE1", secret: "stranger-secret")

    private func stage() async throws -> Stage {
        let account = try #require(AccountID("444455556666"))
        return try await Stage(
            House(extraAccount: Founding(account: account, accessKeyID: Self.stranger.id, secret: Self.stranger.secret))
        )
    }

    @Test func nothingIsSeenFromAnother() async throws {
        let stage = try await stage()
        for list in ["ListUsers", "ListGroups", "ListRoles", "ListAccountAliases"] {
            let answer = try await stage.house.must(IAM.service, list, as: Self.stranger)
            #expect(!answer.body.contains("<member>"), "\(list)")
        }
        let own = try await stage.house.must(IAM.service, "ListPolicies", ["Scope": "Local"], as: Self.stranger)
        #expect(own.texts("Arn").isEmpty)
        let events = try await stage.house.must(CloudTrail.service, "LookupEvents", as: Self.stranger)
        #expect(events.texts("Username").allSatisfy { $0 == "root" })
        #expect(events.texts("CloudTrailEvent").allSatisfy { !$0.contains(House.account) })
    }

    @Test func everyOperationOnAnothersThingsFindsNothing() async throws {
        let stage = try await stage()
        let state = try stage.house.state()
        for operation in OperationCase.all
        where operation.service.name == "iam" && operation.asks.first?.resource != "*" {
            guard
                !operation.name.hasPrefix("Create")
                    || ["CreateAccessKey", "CreatePolicyVersion"].contains(operation.name)
            else { continue }
            guard !operation.name.hasPrefix("List") || operation.isTagged else { continue }
            // About nobody but the caller; and what makes something new under another verb.
            guard !["ChangePassword", "UploadServerCertificate"].contains(operation.name) else { continue }
            let answer = try await stage.house.call(
                IAM.service, operation.name, stage.filled(operation.input), as: Self.stranger)
            // Named by ARN, another account's entity is asked about there, where a stranger may nothing.
            let isRefused =
                ["GetAccessKeyLastUsed", "GenerateOrganizationsAccessReport"].contains(operation.name)
                || ["PolicySourceArn", "OpenIDConnectProviderArn", "SAMLProviderArn"].contains {
                    operation.input[$0] != nil
                }
            let expected = isRefused ? "AccessDenied" : "NoSuchEntity"
            #expect(answer.code == expected, "\(operation): \(answer.body)")
            #expect(answer.records.first?.entry.account == "444455556666")
        }
        #expect(try stage.house.state() == state)
    }

    @Test func anothersPoliciesCannotBeUsed() async throws {
        let stage = try await stage()
        try await stage.house.must(IAM.service, "CreateUser", ["UserName": "alice"], as: Self.stranger)
        for (operation, member) in [
            ("AttachUserPolicy", "PolicyArn"), ("PutUserPermissionsBoundary", "PermissionsBoundary"),
        ] {
            let answer = try await stage.house.call(
                IAM.service, operation, ["UserName": "alice", member: .text(Stage.reader)], as: Self.stranger)
            #expect(answer.code == "NoSuchEntity", "\(operation)")
        }
    }

    @Test func namesAreFreeInEachAccountButAliasesAreNot() async throws {
        let stage = try await stage()
        try await stage.house.must(IAM.service, "CreateUser", ["UserName": "alice"], as: Self.stranger)
        let alias = try await stage.house.call(
            IAM.service, "CreateAccountAlias", ["AccountAlias": "gatehouse-test"], as: Self.stranger)
        #expect(alias.code == "EntityAlreadyExists")
        let wrong = try await stage.house.call(
            IAM.service, "DeleteAccountAlias", ["AccountAlias": "gatehouse-test"], as: Self.stranger)
        #expect(wrong.code == "NoSuchEntity")
    }

    @Test func aRoleIsOpenedByTrustAndByTheCallersOwnPolicies() async throws {
        let stage = try await stage()
        let house = stage.house
        try await house.must(IAM.service, "CreateUser", ["UserName": "guest"], as: Self.stranger)
        let made = try await house.must(IAM.service, "CreateAccessKey", ["UserName": "guest"], as: Self.stranger)
        let guest = Keys(id: try #require(made.text("AccessKeyId")), secret: try #require(made.text("SecretAccessKey")))
        let role: Input = ["RoleArn": .text(Stage.iam + "role/staff/worker"), "RoleSessionName": "visit"]
        func attempt() async throws -> Answer { try await house.call(STS.service, "AssumeRole", role, as: guest) }
        func trust(_ account: String) async throws {
            let document =
                #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"\#(account)"},"Action":"sts:AssumeRole"}]}"#
            try await house.must(
                IAM.service, "UpdateAssumeRolePolicy", ["RoleName": "worker", "PolicyDocument": .text(document)])
        }
        func allow() async throws {
            try await house.must(
                IAM.service, "AttachUserPolicy",
                ["UserName": "guest", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"],
                as: Self.stranger)
        }
        #expect(try await attempt().code == "AccessDenied")
        try await allow()
        #expect(try await attempt().code == "AccessDenied", "the role does not trust that account")
        try await trust("444455556666")
        let allowed = try await attempt()
        #expect(allowed.text("Arn") == "arn:aws:sts::111122223333:assumed-role/worker/visit")
        try await house.must(
            IAM.service, "DetachUserPolicy",
            ["UserName": "guest", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"],
            as: Self.stranger)
        #expect(try await attempt().code == "AccessDenied", "the caller's own account does not allow it")
    }
}
