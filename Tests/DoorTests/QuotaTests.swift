import Foundation
import IAMAPI
import Smithy
import Storage
import Testing

/// Defends: an account's quotas hold at their exact number.
@Suite(.serialized) struct QuotaTests {
    /// A kind with its quota.
    struct Full: Sendable {
        let title: String
        let set: StaticString
        let limit: Int
        let kind: String
        var input: Input = [:]
    }

    private static let kinds: [Full] = [
        Full(title: "Users", set: "UPDATE iam_account SET users = ?", limit: 100_000, kind: "User"),
        Full(title: "Groups", set: "UPDATE iam_account SET groups = ?", limit: 10_000, kind: "Group"),
        Full(
            title: "Roles", set: "UPDATE iam_account SET roles = ?", limit: 10_000, kind: "Role",
            input: ["AssumeRolePolicyDocument": .text(Stage.trust)]),
        Full(
            title: "Policies", set: "UPDATE iam_account SET policies = ?", limit: 20_000, kind: "Policy",
            input: ["PolicyDocument": .text(Stage.reading)]),
    ]

    @Test(arguments: kinds)
    func anAccountIsFull(_ full: Full) async throws {
        let (kind, limit, more) = (full.kind, full.limit, full.input)
        let house = try await House()
        // As if all but one were there: making them takes longer than all other tests.
        try await house.store.write { transaction in
            try transaction.run(full.set, .number(limit - 1))
        }
        let summary = try await house.must(IAM.service, "GetAccountSummary")
        #expect(summary.body.contains("<key>\(full.title)</key><value>\(limit - 1)</value>"))
        #expect(summary.body.contains("<key>\(full.title)Quota</key><value>\(limit)</value>"))
        try await house.must(IAM.service, "Create" + kind, more.merging([kind + "Name": "last"]) { $1 })
        try await isFull(house, "Create" + kind, more.merging([kind + "Name": "one-more"]) { $1 })
        let last: Input =
            kind == "Policy" ? ["PolicyArn": .text(Stage.iam + "policy/last")] : [kind + "Name": "last"]
        try await house.must(IAM.service, "Delete" + kind, last)
        try await house.must(IAM.service, "Create" + kind, more.merging([kind + "Name": "one-more"]) { $1 })
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
