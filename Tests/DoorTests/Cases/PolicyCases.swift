import IAMAPI

extension OperationCase {
    private static let reader: Input = ["PolicyArn": .text(Stage.reader)]
    private static let bare: Input = ["PolicyArn": .text(Stage.bare)]
    private static let ofAWS: Value = "arn:aws:iam::aws:policy/AdministratorAccess"
    private static let untaggable = Refused("InvalidInput", ["PolicyArn": ofAWS])
    private static let notOurs = Refused("AccessDenied", ["PolicyArn": ofAWS])

    private static func onPolicy(
        _ name: String, _ input: Input, keys: [String: String] = [:], _ refusals: [Refused], pagesBy: String? = nil,
        _ arn: String = Stage.reader
    ) -> OperationCase {
        OperationCase(
            service: IAM.service, name: name, input: ["PolicyArn": .text(arn)].merging(input) { $1 },
            asks: [Asked("iam:" + name, arn)], keys: keys, isTagged: true, refusals: [.noPolicy] + refusals,
            pagesBy: pagesBy)
    }

    static let policies: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreatePolicy",
            input: [
                "PolicyName": "Writer", "Path": "/staff/", "PolicyDocument": .text(Stage.reading),
                "Tags": tags(["team": "red"]),
                "Description": "writes",
            ],
            asks: [
                Asked("iam:CreatePolicy", Stage.iam + "policy/staff/Writer"),
                Asked("iam:TagPolicy", Stage.iam + "policy/staff/Writer"),
            ], keys: ["aws:RequestTag/team": "red", "aws:TagKeys": "team"],
            refusals: Refused.malformed("PolicyDocument") + [
                Refused("EntityAlreadyExists", ["PolicyName": "READER"]), .invalid("PolicyName"), .sameTags,
                Refused("LimitExceeded", ["PolicyDocument": hugeDocument]),
            ]),
        onPolicy("GetPolicy", [:], []),
        OperationCase(
            service: IAM.service, name: "ListPolicies", input: ["Scope": "Local"],
            asks: [Asked("iam:ListPolicies", Stage.iam + "policy/")],
            refusals: [.badMarker, .noItems, Refused("ValidationError", ["Scope": "Everything"])], pagesBy: "Arn"),
        onPolicy(
            "DeletePolicy", [:],
            [
                Refused("DeleteConflict", reader),
                Refused(
                    "DeleteConflict",
                    after: [("CreatePolicyVersion", bare.merging(["PolicyDocument": .text(Stage.reading)]) { $1 })]),
                notOurs,
            ], Stage.bare),
        onPolicy(
            "CreatePolicyVersion", ["PolicyDocument": .text(Stage.reading), "SetAsDefault": true],
            Refused.malformed("PolicyDocument") + [
                Refused(
                    "LimitExceeded",
                    after: Array(
                        repeating: (
                            "CreatePolicyVersion", reader.merging(["PolicyDocument": .text(Stage.reading)]) { $1 }
                        ),
                        count: 3)),
                notOurs, Refused("LimitExceeded", ["PolicyDocument": hugeDocument]),
            ]),
        onPolicy("GetPolicyVersion", ["VersionId": "v1"], [Refused("NoSuchEntity", ["VersionId": "v9"])]),
        onPolicy("ListPolicyVersions", [:], [.badMarker], pagesBy: "VersionId"),
        onPolicy(
            "DeletePolicyVersion", ["VersionId": "v2"],
            [Refused("NoSuchEntity", ["VersionId": "v9"]), Refused("DeleteConflict", ["VersionId": "v1"]), notOurs]),
        onPolicy(
            "SetDefaultPolicyVersion", ["VersionId": "v2"], [Refused("NoSuchEntity", ["VersionId": "v9"]), notOurs]),
        onPolicy("ListEntitiesForPolicy", [:], [.badMarker, .noItems], pagesBy: "member"),
        onPolicy(
            "TagPolicy", ["Tags": tags(["team": "red"])], keys: ["aws:RequestTag/team": "red", "aws:TagKeys": "team"],
            [.sameTags, .reservedTag, .manyTags, untaggable]),
        onPolicy("UntagPolicy", ["TagKeys": ["team"]], keys: ["aws:TagKeys": "team"], [untaggable]),
        onPolicy("ListPolicyTags", [:], [.badMarker], pagesBy: "Key"),
    ]
}
