import AccessAnalyzerAPI
import IAMAPI

extension OperationCase {
    private static let watch = "arn:aws:access-analyzer:us-east-1:\(House.account):analyzer/watch"
    private static let rule = watch + "/archive-rule/known"
    private static let absent = watch.replacing("watch", with: "absent")
    private static let filter: Value = ["resourceType": ["eq": ["AWS::S3::Bucket"]]]

    /// An analyzer with a rule. An account has one only, which another case may have made.
    private static let ready: @Sendable (House) async throws -> Void = { house in
        _ = try await house.call(
            AccessAnalyzer.service, "DeleteAnalyzer", ["analyzerName": "watch"], as: house.root)
        try await house.must(
            AccessAnalyzer.service, "CreateAnalyzer",
            [
                "analyzerName": "watch", "type": "ACCOUNT", "tags": ["guard": "on"],
                "archiveRules": [["ruleName": "known", "filter": filter]],
            ])
    }

    private static let shared = Stage.iam + "role/shared"
    /// The same, and a role that another account may take on.
    private static let found: @Sendable (House) async throws -> Void = { house in
        try await ready(house)
        let trust = Stage.trust.replacing(House.account, with: "444455556666")
        try await house.must(
            IAM.service, "CreateRole", ["RoleName": "shared", "AssumeRolePolicyDocument": .text(trust)])
        try await house.must(
            AccessAnalyzer.service, "StartResourceScan",
            ["analyzerArn": .text(watch), "resourceArn": .text(shared)])
    }

    private static func on(
        _ name: String, _ input: Input, rule isRule: Bool = false, refusals: [Refused] = [], isReadOnly: Bool? = nil,
        keys: [String: String] = [:], alwaysRefused: String? = nil,
        after preparation: @escaping @Sendable (House) async throws -> Void = ready
    ) -> OperationCase {
        OperationCase(
            service: AccessAnalyzer.service, name: name, input: input,
            asks: [Asked("access-analyzer:" + name.replacing("V2", with: ""), isRule ? rule : watch)], keys: keys,
            isTagged: !isRule,
            refusals: refusals, preparation: preparation, alwaysRefused: alwaysRefused, isReadOnly: isReadOnly)
    }

    private static let gone = Refused("ResourceNotFoundException", ["analyzerArn": .text(absent)])
    private static let goneByName = Refused("ResourceNotFoundException", ["analyzerName": "absent"])
    private static let badPage = Refused("ValidationException", ["nextToken": "none"])

    static let externalAccess: [OperationCase] = [
        OperationCase(
            service: AccessAnalyzer.service, name: "CreateAnalyzer",
            input: ["analyzerName": "watch", "type": "ACCOUNT", "tags": ["team": "blue"]],
            asks: [Asked("access-analyzer:CreateAnalyzer", watch)],
            keys: ["aws:RequestTag/team": "blue", "aws:TagKeys": "team"],
            refusals: [
                Refused("NotImplemented", ["type": "ORGANIZATION"]),
                Refused("NotImplemented", ["type": "ACCOUNT_UNUSED_ACCESS"]),
                Refused("ValidationException", ["tags": ["aws:x": "y"]]),
                Refused("ValidationException", ["analyzerName": "1"]),
            ], isReadOnly: false),
        on("GetAnalyzer", ["analyzerName": "watch"], refusals: [goneByName]),
        OperationCase(
            service: AccessAnalyzer.service, name: "ListAnalyzers", input: [:],
            asks: [Asked("access-analyzer:ListAnalyzers", "*")], refusals: [badPage]),
        on("DeleteAnalyzer", ["analyzerName": "watch"], refusals: [goneByName], isReadOnly: false),
        on(
            "TagResource", ["resourceArn": .text(watch), "tags": ["team": "blue"]],
            refusals: [Refused("ResourceNotFoundException", ["resourceArn": .text(absent)])], isReadOnly: false,
            keys: ["aws:RequestTag/team": "blue", "aws:TagKeys": "team"]),
        on(
            "UntagResource", ["resourceArn": .text(watch), "tagKeys": ["team"]],
            refusals: [Refused("ResourceNotFoundException", ["resourceArn": .text(absent)])], isReadOnly: false,
            keys: ["aws:TagKeys": "team"]),
        on(
            "ListTagsForResource", ["resourceArn": .text(watch)],
            refusals: [
                Refused("ResourceNotFoundException", ["resourceArn": .text(absent)]),
                Refused("ValidationException", ["resourceArn": "watch"]),
            ]),
        OperationCase(
            service: AccessAnalyzer.service, name: "CreateArchiveRule",
            input: ["analyzerName": "watch", "ruleName": "fresh", "filter": filter],
            asks: [Asked("access-analyzer:CreateArchiveRule", watch + "/archive-rule/fresh")],
            refusals: [
                goneByName, Refused("ConflictException", ["ruleName": "known"]),
                Refused("ValidationException", ["filter": ["colour": ["eq": ["red"]]]]),
                Refused("ValidationException", ["filter": ["condition.colour": ["eq": ["red"]]]]),
            ], preparation: ready, isReadOnly: false),
        on(
            "GetArchiveRule", ["analyzerName": "watch", "ruleName": "known"], rule: true,
            refusals: [goneByName, Refused("ResourceNotFoundException", ["ruleName": "absent"])]),
        on(
            "ListArchiveRules", ["analyzerName": "watch"],
            refusals: [badPage, Refused("ValidationException", ["analyzerName": "absent"])]),
        on(
            "UpdateArchiveRule", ["analyzerName": "watch", "ruleName": "known", "filter": filter], rule: true,
            refusals: [goneByName, Refused("ResourceNotFoundException", ["ruleName": "absent"])], isReadOnly: false),
        on(
            "DeleteArchiveRule", ["analyzerName": "watch", "ruleName": "known"], rule: true,
            refusals: [goneByName, Refused("ResourceNotFoundException", ["ruleName": "absent"])], isReadOnly: false),
        on(
            "ApplyArchiveRule", ["analyzerArn": .text(watch), "ruleName": "known"],
            refusals: [gone, Refused("ResourceNotFoundException", ["ruleName": "absent"])], isReadOnly: false),
        on("ListFindings", ["analyzerArn": .text(watch)], refusals: [gone, badPage]),
        on("ListFindingsV2", ["analyzerArn": .text(watch)], refusals: [gone, badPage]),
        on("ListAnalyzedResources", ["analyzerArn": .text(watch)], refusals: [gone, badPage]),
        on(
            "StartResourceScan",
            ["analyzerArn": .text(watch), "resourceArn": .text(Stage.iam + "role/staff/worker")],
            refusals: [
                gone, Refused("ResourceNotFoundException", ["resourceArn": .text(Stage.iam + "role/absent")]),
                Refused("ValidationException", ["resourceOwnerAccount": "444455556666"]),
            ], isReadOnly: false),
        on(
            "GetFinding", ["analyzerArn": .text(watch), "id": "none"], refusals: [gone],
            alwaysRefused: "ResourceNotFoundException"),
        on(
            "GetFindingV2", ["analyzerArn": .text(watch), "id": "none"], refusals: [gone],
            alwaysRefused: "ResourceNotFoundException"),
        on(
            "GetAnalyzedResource", ["analyzerArn": .text(watch), "resourceArn": .text(shared)],
            refusals: [gone, Refused("ResourceNotFoundException", ["resourceArn": .text(Stage.iam + "role/none")])],
            after: found),
        on(
            "UpdateFindings", ["analyzerArn": .text(watch), "status": "ARCHIVED", "resourceArn": .text(shared)],
            refusals: [
                gone, Refused("ResourceNotFoundException", ["resourceArn": .text(Stage.iam + "role/none")]),
                Refused("ValidationException", ["ids": ["none"]]),
            ], isReadOnly: false, after: found),
        OperationCase(
            service: AccessAnalyzer.service, name: "CheckNoPublicAccess",
            input: ["policyDocument": .text(Stage.trust), "resourceType": "AWS::IAM::AssumeRolePolicyDocument"],
            asks: [Asked("access-analyzer:CheckNoPublicAccess", "*")],
            refusals: [
                Refused("InvalidParameterException", ["policyDocument": "{"]),
                Refused("UnprocessableEntityException", ["resourceType": "AWS::SQS::Queue"]),
                Refused("ValidationException", ["policyDocument": .text(String(repeating: " ", count: 4097))]),
            ], isReadOnly: true),
    ]
}
