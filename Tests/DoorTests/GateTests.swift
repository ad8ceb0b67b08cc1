import Door
import Foundation
import IAMAPI
import Journal
import STSAPI
import Smithy
import Storage
import Testing
import World

/// Defends: the gate covers the whole roster; an operation without a case here fails the build of trust.
@Suite(.serialized) struct GateTests {
    @Test func everyOperationHasACase() async throws {
        let roster = try await House().operations.map { $0.model.service.name + ":" + $0.model.name }.sorted()
        #expect(roster == (OperationCase.all.map(\.testDescription) + BearerTests.operations).sorted())
    }

    @Test func strangersAreTurnedAway() async throws {
        let stage = try await Stage()
        let state = try stage.house.state()
        for operation in OperationCase.all {
            let answer = try await stage.house.call(
                operation.service, operation.name, stage.filled(operation.input), as: nil)
            let isXML = operation.service.wireProtocol == .query
            #expect(answer.status == (operation.service.wireProtocol == .json ? 400 : 403), "\(operation)")
            #expect(
                answer.code == (isXML ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException"),
                "\(operation)")
            #expect(answer.records.isEmpty, "nobody's account, nobody's record")
        }
        #expect(try stage.house.state() == state)
    }

    @Test func onlyListedOperationsNeedNoPolicy() async throws {
        let stage = try await Stage()
        var ungated: [String] = []
        for operation in OperationCase.all where try await stage.call(operation).code?.hasPrefix("AccessDenied") != true
        {
            ungated.append(operation.testDescription)
        }
        let lines = try Golden.text("ungated.txt").split(separator: "\n")
        #expect(
            ungated.sorted() == lines.map { String($0.prefix { $0 != " " }) },
            "this list may shrink, not grow unreviewed")
        #expect(lines.allSatisfy { $0.contains("  ") }, "each with its reason")
        #expect(ungated.sorted() == OperationCase.all.filter { $0.asks.isEmpty }.map(\.testDescription).sorted())
    }

    @Test(arguments: OperationCase.all) func asksWhatAWSAsks(_ operation: OperationCase) throws {
        for asked in operation.asks {
            #expect(Reference.shared.knows(asked.action), "\(asked.action) is no action of AWS")
            let patterns = Reference.shared.resources(asked.action)
            // AWS's reference gives the List actions over an account no resource type, yet its denials name the path.
            let listing =
                operation.name.hasPrefix("List") && patterns.isEmpty
                && (asked.resource.hasSuffix("/") || asked.resource.hasSuffix("provider/*"))
            // The reference tells sts:TagSession's resource for roles alone.
            let isFederated = asked.action == "sts:TagSession" && operation.name == "GetFederationToken"
            // Nor does it tell the resource of tokens, which denials of AWS name.
            let isToken = operation.name == "GetWebIdentityToken" && asked.resource.hasSuffix(":self")
            guard !listing, !isFederated, !isToken else { continue }
            if patterns.isEmpty { #expect(asked.resource == "*", "\(asked.action) has no resource types") }
            let matches =
                patterns.isEmpty
                || patterns.contains { asked.resource.range(of: $0, options: .regularExpression) != nil }
            #expect(matches, "\(asked.resource) is none of \(patterns)")
        }
    }

    /// Keys of AWS that nothing here can have: role templates, and what other identity providers tell STS; and those of
    /// security keys, which no public call enables.
    private static let absent: Set<String> = [
        "iam:RoleTemplateARN", "iam:RegisterSecurityKey", "iam:FIDO-certification", "iam:FIDO-FIPS-140-2-certification",
        "iam:FIDO-FIPS-140-3-certification",
    ]

    @Test(arguments: OperationCase.all) func showsEveryConditionKey(_ operation: OperationCase) throws {
        guard let action = operation.asks.first?.action, operation.service.name == "iam" else { return }
        let known = Set(operation.keys.keys.map { $0.hasPrefix("aws:RequestTag/") ? "aws:RequestTag/${TagKey}" : $0 })
        let missing = Set(Reference.shared.keys(action)).subtracting(known).subtracting(Self.absent)
        #expect(missing.isEmpty, "\(operation) lacks \(missing.sorted())")
    }

    /// Denials for what is there and for what is not are alike, so that nobody learns names or paths by trying.
    @Test func whoMayNotLookLearnsNothing() async throws {
        let stage = try await Stage()
        for operation in OperationCase.all
        where !operation.name.hasPrefix("Create") || operation.name == "CreateAccessKey" {
            for member in ["UserName", "GroupName", "RoleName"] {
                guard case .text(let name) = operation.input[member] else { continue }
                let present = try await stage.call(operation)
                let absent = try await stage.call(operation, with: [member: "nobody"])
                #expect(present.status == absent.status)
                let renamed = present.message?.replacingOccurrences(of: " \(name) ", with: " nobody ")
                let isSecond = operation.name.hasSuffix("Group") && member == "UserName"
                #expect((isSecond ? present.message : renamed) == absent.message, "\(operation)")
            }
        }
    }

    /// To be told apart, a role must be one that may be taken on.
    @Test func anAbsentRoleLooksLikeOneThatRefuses() async throws {
        let stage = try await Stage()
        try await stage.grant([Statement()])
        let trust: Value =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#
        try await stage.house.must(
            IAM.service, "CreateRole", ["RoleName": "closed", "AssumeRolePolicyDocument": trust])
        var messages: [String?] = []
        for name in ["closed", "absent"] {
            let answer = try await stage.house.call(
                STS.service, "AssumeRole",
                ["RoleArn": .text(Stage.iam + "role/" + name), "RoleSessionName": "shift"], as: stage.caller)
            #expect(answer.code == "AccessDenied")
            messages.append(answer.message?.replacingOccurrences(of: name, with: "ROLE"))
        }
        #expect(messages[0] == messages[1])
    }

    @Test func recordsTellReadsFromWrites() async throws {
        let stage = try await Stage()
        try await stage.grant([Statement()])
        let reads = ["Get", "List", "Lookup", "Describe", "Assume", "Decode", "Validate", "Simulate", "Check"]
        for operation in OperationCase.all {
            let record = try #require(try await stage.call(operation).records.first)
            let isRead = reads.contains { operation.name.hasPrefix($0) }
            #expect(record.json["readOnly"] as? Bool == isRead, "\(operation)")
            #expect(record.entry.isReadOnly == isRead, "\(operation)")
        }
    }
}
