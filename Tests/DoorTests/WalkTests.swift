import Door
import Foundation
import IAMAPI
import Journal
import Smithy
import Storage
import Testing
import World

/// Defends: each operation does nothing without leave, needs exactly the leave it declares, honours every condition key
/// that AWS documents for it, and leaves exactly the record it should.
@Suite(.serialized) struct WalkTests {
    @Test(arguments: OperationCase.all) func isDeniedThenAllowed(_ operation: OperationCase) async throws {
        let stage = try await Stage()
        try await operation.preparation?(stage.house)
        var golden = ""
        if let first = operation.asks.first {
            let before = try stage.house.state()
            golden = "\"denied\" : " + (try await denied(operation, stage, first)) + ",\n"
            try await needsEach(operation, stage)
            try await heeds(operation, stage)
            #expect(
                try stage.house.state().filter { !$0.contains("grant") } == before, "a denied call changed something")
        }
        try await stage.grant(operation.asks.isEmpty ? [Statement(effect: "Deny")] : operation.asks.map(\.statement))
        let before = try stage.house.state()
        let answer = try await stage.call(operation)
        if let refusal = operation.alwaysRefused {
            #expect(answer.code == refusal, "\(answer.body)")
        } else {
            try #require(answer.status == 200, "\(answer.body)")
        }
        #expect(answer.records.count == 1)
        #expect(try (stage.house.state() != before) == operation.isChange)
        let record = try #require(answer.records.first)
        #expect(record.name == operation.name)
        #expect((record.errorCode == nil) == (operation.alwaysRefused == nil))
        golden = "{\n\(golden)\"allowed\" : \(record.normalised)\n}\n"
        try Golden.compare(golden, with: "records/\(operation.service.name).\(operation.name).json")
    }

    /// Without any policy. Returns the record.
    private func denied(_ operation: OperationCase, _ stage: Stage, _ asked: Asked) async throws -> String {
        let answer = try await stage.call(operation)
        expectDenial(
            answer, operation, stage, asked, "because no identity-based policy allows the \(asked.action) action")
        return answer.records.first?.normalised ?? ""
    }

    private func expectDenial(
        _ answer: Answer, _ operation: OperationCase, _ stage: Stage, _ asked: Asked, _ reason: String
    ) {
        let isXML = operation.service.wireProtocol == .query
        #expect(answer.status == (operation.service.wireProtocol == .json ? 400 : 403))
        #expect(answer.code == (isXML ? "AccessDenied" : "AccessDeniedException"))
        let title = operation.title(of: asked).replacingOccurrences(
            of: "{aliceKey}", with: stage.names["aliceKey"] ?? "")
        let message =
            "User: \(Stage.callerARN) is not authorized to perform: \(asked.action) on resource: \(title) \(reason)"
        #expect(answer.message == message)
        #expect(answer.records.first?.errorMessage == message)
        #expect(answer.records.map(\.errorCode) == ["AccessDenied"])
        #expect(answer.records.first?.json["responseElements"] is NSNull)
    }

    /// Leave for all but one of the questions, or for a neighbour of the resource, is not enough.
    private func needsEach(_ operation: OperationCase, _ stage: Stage) async throws {
        for (index, asked) in operation.asks.enumerated() {
            var others = operation.asks
            others.remove(at: index)
            try await stage.grant(others.map(\.statement) + [Statement(action: "s3:GetObject")])
            expectDenial(
                try await stage.call(operation), operation, stage, asked,
                "because no identity-based policy allows the \(asked.action) action")
            guard asked.resource != "*" else { continue }
            // Nothing comes behind the word root: there the account is another.
            let other =
                asked.resource.hasSuffix(":root")
                ? "arn:aws:iam::000000000000:root" : asked.resource + "x"
            try await stage.grant(others.map(\.statement) + [Statement(action: asked.action, resource: other)])
            #expect(try await stage.call(operation).status == 403, "\(asked.action) on another resource sufficed")
        }
    }

    /// A Deny that hangs on a condition key of the action must bite.
    private func heeds(_ operation: OperationCase, _ stage: Stage) async throws {
        var keys = operation.keys
        if operation.isTagged, let action = operation.asks.first?.action {
            for key in Reference.shared.resourceTagKeys(action) { keys[key + "guard"] = "on" }
        }
        for (key, value) in keys.sorted(by: { $0.key < $1.key }) {
            let test =
                ["aws:TagKeys", "sts:TransitiveTagKeys", "sts:IdentityTokenAudience"].contains(key)
                ? "ForAnyValue:StringEquals" : "StringEquals"
            let deny = Statement(effect: "Deny", condition: [test: [key: value]])
            try await stage.grant([Statement(), deny])
            let answer = try await stage.call(operation)
            #expect(answer.status >= 400, "\(operation.testDescription) does not know \(key) = \(value)")
            #expect(answer.message?.hasSuffix("with an explicit deny in an identity-based policy") == true)
        }
    }
}

/// Defends: the errors of the model are given for what they are for, are recorded under their shape's name, and leave
/// everything as it was.
@Suite(.serialized) struct RefusalTests {
    static let cases = OperationCase.all.filter { !$0.refusals.isEmpty }

    @Test(arguments: cases) func isRefused(_ operation: OperationCase) async throws {
        var stage = try await Stage()
        if operation.service.name == "accessanalyzer" { try await operation.preparation?(stage.house) }
        for refused in operation.refusals {
            if !refused.after.isEmpty {
                stage = try await Stage()
                for (name, input) in refused.after { try await stage.house.must(IAM.service, name, input) }
            }
            try await stage.grant([Statement()])
            let before = try stage.house.state()
            let answer = try await stage.call(operation, with: refused.changes)
            #expect(answer.code == refused.code, "\(refused.code) wanted for \(refused.changes): \(answer.body)")
            #expect(try stage.house.state() == before)
            #expect(answer.records.count == 1)
            guard let record = answer.records.first, let code = record.errorCode else { continue }
            #expect(RefusalTests.shapes(of: refused.code).contains(code), "\(code)")
            #expect(record.json["responseElements"] is NSNull)
            let modelled = [
                "NoSuchEntity", "EntityAlreadyExists", "DeleteConflict", "LimitExceeded", "InvalidInput",
                "MalformedPolicyDocument",
            ]
            if modelled.contains(refused.code) { #expect(code == refused.code + "Exception") }
        }
    }

    /// The names of shapes that have this code; mostly the code itself with a word behind it.
    private static func shapes(of code: String) -> [String] {
        let others = [
            "ReportExpired": "CredentialReportExpiredException",
            "ReportInProgress": "CredentialReportNotReadyException",
            "ReportNotPresent": "CredentialReportNotPresentException",
        ]
        return others[code].map { [$0] } ?? [code, code + "Exception"]
    }
}
