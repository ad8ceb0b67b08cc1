import Foundation
import IAMAPI
import Smithy
import Testing

/// Defends: an account's quotas hold at their exact number.
@Suite(.serialized) struct QuotaTests {
    @Test func groupsEndAt300() async throws {
        let house = try await House()
        for number in 1...300 { try await house.must(IAM.service, "CreateGroup", ["GroupName": .text("g\(number)")]) }
        try await isFull(house, "CreateGroup", ["GroupName": "one-more"])
        try await house.must(IAM.service, "DeleteGroup", ["GroupName": "g1"])
        try await house.must(IAM.service, "CreateGroup", ["GroupName": "one-more"])
    }

    @Test func rolesEndAt1000() async throws {
        let house = try await House()
        let trust = Value.text(Stage.trust)
        for number in 1...1000 {
            try await house.must(
                IAM.service, "CreateRole", ["RoleName": .text("r\(number)"), "AssumeRolePolicyDocument": trust])
        }
        try await isFull(house, "CreateRole", ["RoleName": "one-more", "AssumeRolePolicyDocument": trust])
    }

    @Test func policiesEndAt1500() async throws {
        let house = try await House()
        let document = Value.text(Stage.reading)
        for number in 1...1500 {
            try await house.must(
                IAM.service, "CreatePolicy", ["PolicyName": .text("p\(number)"), "PolicyDocument": document])
        }
        try await isFull(house, "CreatePolicy", ["PolicyName": "one-more", "PolicyDocument": document])
        let summary = try await house.must(IAM.service, "GetAccountSummary")
        #expect(summary.body.contains("<key>Policies</key><value>1500</value>"))
    }

    private func isFull(_ house: House, _ operation: String, _ input: Input) async throws {
        let answer = try await house.call(IAM.service, operation, input, as: house.root)
        #expect(answer.status == 409)
        #expect(answer.code == "LimitExceeded")
    }

    @Test func documentsEndAtTheirLastCharacter() async throws {
        let stage = try await Stage()
        // White space is free; everything else counts.
        for (limit, operation, input, member) in [
            (6144, "CreatePolicy", ["PolicyName": "long"], "PolicyDocument"),
            (
                2048 - 2 * count(Stage.reading), "PutUserPolicy", ["UserName": "alice", "PolicyName": "long"],
                "PolicyDocument"
            ),
            (
                5120 - 2 * count(Stage.reading), "PutGroupPolicy", ["GroupName": "crew", "PolicyName": "long"],
                "PolicyDocument"
            ),
            (
                10_240 - 2 * count(Stage.reading), "PutRolePolicy", ["RoleName": "worker", "PolicyName": "long"],
                "PolicyDocument"
            ),
        ] as [(Int, String, Input, String)] {
            for (size, expected) in [(limit + 1, 409), (limit, 200)] {
                let answer = try await stage.house.call(
                    IAM.service, operation, input.merging([member: .text(document(size))]) { $1 }, as: stage.house.root)
                #expect(answer.status == expected, "\(operation) of \(size): \(answer.code ?? "")")
            }
        }
    }

    private func count(_ text: String) -> Int { text.filter { !$0.isWhitespace }.count }

    /// A document of that many characters, and white space between them.
    private func document(_ size: Int) -> String {
        let (start, end) = (
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":["#, "]}}"
        )
        var resources: [String] = []
        var left = size - start.count - end.count
        while left > 0 {
            // Quotes and comma are three characters; what cannot hold an ARN of its own goes into the last.
            let share = left > 1100 ? 1000 : left
            let overhead = 2 + (resources.isEmpty ? 0 : 1)
            resources.append("\"arn:aws:s3:::" + String(repeating: "a", count: share - overhead - 13) + "\"")
            left -= share
        }
        return start + resources.joined(separator: ",\n    ") + end
    }
}
