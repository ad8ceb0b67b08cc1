import Door
import IAMAPI
import STSAPI
import Testing

/// Defends the two operations that nobody signs: without a good proof they answer nothing, change nothing, tell nothing of
/// the account, and leave a record in the account of the role that was asked for.
@Suite(.serialized) struct BearerTests {
    static let operations = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]

    private static let role = Value.text(Stage.iam + "role/staff/worker")
    private static let inputs: [(String, Input)] = [
        (
            "AssumeRoleWithSAML",
            ["RoleArn": role, "PrincipalArn": .text(OperationCase.samlARN), "SAMLAssertion": "PGEvPg=="]
        ),
        (
            "AssumeRoleWithWebIdentity",
            ["RoleArn": role, "RoleSessionName": "visit", "WebIdentityToken": "aaaa.bbbb.cccc"]
        ),
    ]

    @Test func aBadProofIsRefusedAndRecorded() async throws {
        let stage = try await Stage()
        let state = try stage.house.state()
        for (name, input) in Self.inputs {
            let answer = try await stage.house.call(STS.service, name, input, as: nil)
            #expect(answer.status == 400)
            #expect(answer.code == "InvalidIdentityToken", "\(answer.body)")
            let record = try #require(answer.records.first)
            #expect(answer.records.count == 1)
            #expect(record.errorCode == "InvalidIdentityTokenException")
            #expect(record.json["recipientAccountId"] as? String == House.account)
            for secret in ["PGEvPg==", "aaaa.bbbb.cccc"] { #expect(!"\(record.json)".contains(secret)) }
        }
        #expect(try stage.house.state() == state)
    }

    @Test func credentialsDoNotReplaceTheProof() async throws {
        let stage = try await Stage()
        for (name, input) in Self.inputs {
            let answer = try await stage.house.call(STS.service, name, input, as: stage.house.root)
            #expect(answer.code == "InvalidIdentityToken", "\(answer.body)")
        }
    }

    @Test func aRoleThatIsNotThereIsNotTold() async throws {
        let stage = try await Stage()
        for (name, input) in Self.inputs {
            let absent = input.merging(["RoleArn": .text(Stage.iam + "role/absent")]) { $1 }
            let there = try await stage.house.call(STS.service, name, input, as: nil)
            let gone = try await stage.house.call(STS.service, name, absent, as: nil)
            #expect((there.code, there.message ?? "") == (gone.code, gone.message ?? ""))
            let odd = input.merging(["RoleArn": "an-arn-without-colons-in-it"]) { $1 }
            #expect(try await stage.house.call(STS.service, name, odd, as: nil).code == "ValidationError")
        }
    }
}
