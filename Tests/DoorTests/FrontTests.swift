import CloudTrailAPI
import Foundation
import HTTP
import IAMAPI
import Journal
import STSAPI
import Scaffold
import Smithy
import Testing
import World

/// Defends: what never reaches an operation is refused in the service's words, and recorded if somebody signed it.
@Suite(.serialized) struct FrontTests {
    @Test func whatIsNotImplementedIsRefusedAndRecorded() async throws {
        let stage = try await Stage()
        for (service, name, code) in [
            (IAM.service, "CreateDelegationRequest", "InvalidAction"),
            (CloudTrail.service, "CreateTrail", "UnknownOperationException"),
        ] {
            let answer = try await stage.house.call(service, name, ["UserName": "alice"], as: stage.house.root)
            #expect(answer.code == code, "\(name)")
            #expect(answer.records.map(\.name) == [name])
            #expect(answer.records.first?.errorCode == code)
        }
    }

    /// A name that AWS does not have either is not let into the records.
    @Test func whatNobodyHasIsRefusedOnly() async throws {
        let stage = try await Stage()
        let answer = try await stage.house.call(IAM.service, "MakeCoffee", as: stage.house.root)
        #expect(answer.code == "InvalidAction")
        #expect(answer.records.isEmpty)
    }

    @Test func unknownAndUnhonouredMembersAreRefusedAndRecorded() async throws {
        let stage = try await Stage()
        for (service, name, input) in [
            (IAM.service, "CreateUser", ["UserName": "zoe", "Colour": "red"]),
            (
                STS.service, "AssumeRole",
                ["RoleArn": .text(Stage.iam + "role/bare"), "RoleSessionName": "me", "SourceIdentity": "ab"]
            ),
            (CloudTrail.service, "LookupEvents", ["Colour": "red"]),
        ] as [(ServiceModel, String, Input)] {
            let answer = try await stage.house.call(service, name, input, as: stage.caller)
            #expect(answer.status >= 400, "\(name)")
            #expect(answer.records.map(\.name) == [name])
            #expect(answer.records.first?.errorCode != nil)
        }
        #expect(
            try await stage.house.call(IAM.service, "GetUser", ["UserName": "zoe"], as: stage.house.root).code
                == "NoSuchEntity")
    }

    @Test func missingMembersAreNamedAllAtOnce() async throws {
        let stage = try await Stage()
        let answer = try await stage.house.call(
            IAM.service, "CreatePolicy", ["Description": "nameless"], as: stage.caller)
        #expect(answer.code == "ValidationError")
        #expect(answer.message?.hasPrefix("2 validation errors detected: ") == true)
        #expect(answer.records.first?.errorCode == "ValidationError")
    }

    @Test func aChangedBodyIsRefused() async throws {
        let stage = try await Stage()
        let signed = HouseRequest(IAM.service, "CreateUser", ["UserName": "zoe"])
        let other = HouseRequest(IAM.service, "CreateUser", ["UserName": "eve"])
        let answer = try await stage.house.send(signed.head(stage.house.root, at: House.start), other.body)
        #expect(answer.status == 403)
        #expect(answer.code == "SignatureDoesNotMatch")
        #expect(answer.records.isEmpty)
    }

    @Test func anOldRequestIsRefused() async throws {
        let stage = try await Stage()
        let request = HouseRequest(IAM.service, "ListUsers", [:])
        let head = request.head(stage.house.root, at: House.start)
        stage.house.clock.advance(by: .seconds(299))
        #expect(try await stage.house.send(head, request.body).status == 200)
        stage.house.clock.advance(by: .milliseconds(323))
        #expect(try await stage.house.send(head, request.body).code == "SignatureDoesNotMatch")
    }

    @Test func callersOfOneServiceCannotSignForAnother() async throws {
        let stage = try await Stage()
        let request = HouseRequest(STS.service, "GetCallerIdentity", [:])
        var answers: [Int] = []
        for secret in [stage.caller.secret, stage.caller.secret + "x", ""] {
            let keys = Keys(id: stage.caller.id, secret: secret)
            answers.append(try await stage.house.send(request.head(keys, at: House.start), request.body).status)
        }
        #expect(answers == [200, 403, 403])
    }
}
