import CloudTrailAPI
import IAMAPI
import STSAPI

extension OperationCase {
    private static let alice = Stage.iam + "user/staff/alice"
    private static let unknownKey = Refused("NoSuchEntity", ["AccessKeyId": "AKIAIOSFODNN7EXAMPLE"])

    static let keys: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreateAccessKey", input: ["UserName": "bare"],
            asks: [Asked("iam:CreateAccessKey", Stage.iam + "user/bare")], isTagged: true,
            refusals: [.missing("UserName"), Refused("LimitExceeded", ["UserName": "alice"])]),
        OperationCase(
            service: IAM.service, name: "ListAccessKeys", input: ["UserName": "alice"],
            asks: [Asked("iam:ListAccessKeys", alice)],
            isTagged: true, refusals: [.missing("UserName"), .badMarker], pagesBy: "AccessKeyId"),
        OperationCase(
            service: IAM.service, name: "UpdateAccessKey",
            input: ["UserName": "alice", "AccessKeyId": "{aliceKey}", "Status": "Inactive"],
            asks: [Asked("iam:UpdateAccessKey", alice)], isTagged: true,
            refusals: [
                .missing("UserName"), unknownKey, Refused("ValidationError", ["Status": "Sleeping"]),
                Refused("NoSuchEntity", ["AccessKeyId": "{callerKey}"]),
            ]),
        OperationCase(
            service: IAM.service, name: "DeleteAccessKey", input: ["UserName": "alice", "AccessKeyId": "{aliceKey}"],
            asks: [Asked("iam:DeleteAccessKey", alice)], isTagged: true,
            refusals: [.missing("UserName"), unknownKey, Refused("NoSuchEntity", ["AccessKeyId": "{callerKey}"])]),
        OperationCase(
            service: IAM.service, name: "GetAccessKeyLastUsed", input: ["AccessKeyId": "{aliceKey}"],
            asks: [Asked("iam:GetAccessKeyLastUsed", alice)], isTagged: true,
            refusals: [Refused("AccessDenied", ["AccessKeyId": "AKIAIOSFODNN7EXAMPLE"])]),
    ]

    static let account: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreateAccountAlias", input: ["AccountAlias": "another-name"],
            asks: [Asked("iam:CreateAccountAlias", "*")],
            refusals: [Refused("ValidationError", ["AccountAlias": "-no-"])]),
        OperationCase(
            service: IAM.service, name: "DeleteAccountAlias", input: ["AccountAlias": "gatehouse-test"],
            asks: [Asked("iam:DeleteAccountAlias", "*")],
            refusals: [Refused("NoSuchEntity", ["AccountAlias": "another-name"])]),
        OperationCase(
            service: IAM.service, name: "ListAccountAliases", input: [:], asks: [Asked("iam:ListAccountAliases", "*")],
            refusals: [.badMarker, .noItems]),
        OperationCase(
            service: IAM.service, name: "GetAccountSummary", input: [:], asks: [Asked("iam:GetAccountSummary", "*")]),
        OperationCase(
            service: IAM.service, name: "SetSecurityTokenServicePreferences",
            input: ["GlobalEndpointTokenVersion": "v2Token"],
            asks: [Asked("iam:SetSecurityTokenServicePreferences", "*")],
            refusals: [
                Refused("NotImplemented", ["GlobalEndpointTokenVersion": "v1Token"]),
                Refused("ValidationError", ["GlobalEndpointTokenVersion": "v3Token"]),
            ]),
    ]

    static let sts: [OperationCase] = [
        OperationCase(service: STS.service, name: "GetCallerIdentity", input: [:], asks: []),
        OperationCase(
            service: STS.service, name: "AssumeRole",
            input: [
                "RoleArn": .text(Stage.iam + "role/staff/worker"), "RoleSessionName": "night-shift",
                "DurationSeconds": 900, "ExternalId": "contract-7", "SourceIdentity": "caller",
                "Tags": tags(["team": "red"]), "TransitiveTagKeys": ["team"],
            ],
            asks: ["sts:SetSourceIdentity", "sts:TagSession", "sts:AssumeRole"].map {
                Asked($0, Stage.iam + "role/staff/worker")
            },
            keys: [
                "sts:RoleSessionName": "night-shift", "sts:ExternalId": "contract-7", "sts:SourceIdentity": "caller",
                "aws:RequestTag/team": "red", "aws:TagKeys": "team", "sts:TransitiveTagKeys": "team",
            ], isTagged: true,
            refusals: [
                Refused("AccessDenied", ["RoleArn": .text(Stage.iam + "role/nobody")]),
                Refused("ValidationError", ["RoleArn": "an-arn-without-colons-in-it"]),
                Refused("ValidationError", ["DurationSeconds": 43200]),
                Refused("ValidationError", ["DurationSeconds": 10]),
                Refused("MalformedPolicyDocument", ["Policy": "{"]),
                Refused("PackedPolicyTooLarge", ["Policy": hugeDocument]),
                Refused("ValidationError", ["SourceIdentity": "a"]),
                Refused("InvalidParameterValue", ["Tags": tags(["team": "red", "Team": "blue"])]),
                Refused("InvalidParameterValue", ["Tags": tags(["team": "red", "aws:by": "me"])]),
                Refused("InvalidParameterValue", ["TransitiveTagKeys": ["colour"]]),
                Refused(
                    "ValidationError",
                    ["Tags": .list((1...51).map { .map(["Key": .text("key\($0)"), "Value": "x"]) })]),
                Refused(
                    "PackedPolicyTooLarge",
                    [
                        "Tags": .list(
                            (1...40).map {
                                .map(["Key": .text("key\($0)"), "Value": .text(String(repeating: "x", count: 200))])
                            }), "TransitiveTagKeys": [],
                    ]),
                Refused(
                    "NotImplemented",
                    [
                        "ProvidedContexts": [
                            [
                                "ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter",
                                "ContextAssertion": "abcd",
                            ]
                        ]
                    ]),
                Refused("MalformedPolicyDocument", ["PolicyArns": [["arn": .text(Stage.iam + "policy/Nothing")]]]),
            ]),
        OperationCase(
            service: STS.service, name: "AssumeRoot",
            input: [
                "TargetPrincipal": "444455556666",
                "TaskPolicyArn": .map(["arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"]),
            ],
            asks: [Asked("sts:AssumeRoot", "arn:aws:iam::444455556666:root")],
            keys: ["sts:TaskPolicyArn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"],
            refusals: [
                Refused("ValidationError", ["TargetPrincipal": "arn:aws:iam::444455556666:user/ada"]),
                Refused("ValidationError", ["TaskPolicyArn": .map(["arn": .text(Stage.reader)])]),
                Refused("ValidationError", ["DurationSeconds": 901]),
            ], alwaysRefused: "AccessDenied"),
        OperationCase(
            service: STS.service, name: "GetAccessKeyInfo", input: ["AccessKeyId": "ASIAQNZGKIQY56JQ7WML"],
            asks: [Asked("sts:GetAccessKeyInfo", "*")],
            refusals: [Refused("ValidationError", ["AccessKeyId": "AKIA000000000000000"])]),
        OperationCase(
            service: STS.service, name: "DecodeAuthorizationMessage", input: ["EncodedMessage": "{encoded}"],
            asks: [Asked("sts:DecodeAuthorizationMessage", "*")],
            refusals: [
                Refused("InvalidAuthorizationMessageException", ["EncodedMessage": "AAAA"]),
                Refused("InvalidAuthorizationMessageException", ["EncodedMessage": "{encoded}A"]),
                Refused("ValidationError", ["EncodedMessage": ""]),
                Refused("ValidationError", ["EncodedMessage": .text(String(repeating: "A", count: 10_241))]),
            ]),
    ]

    static let cloudTrail: [OperationCase] = [
        OperationCase(
            service: CloudTrail.service, name: "LookupEvents",
            input: ["LookupAttributes": [["AttributeKey": "EventName", "AttributeValue": "CreateUser"]]],
            asks: [Asked("cloudtrail:LookupEvents", "*")],
            refusals: [
                Refused("InvalidMaxResultsException", ["MaxResults": 51]),
                Refused("InvalidNextTokenException", ["NextToken": "AAAA"]),
                Refused("InvalidTimeRangeException", ["StartTime": 1_767_000_000, "EndTime": 1_766_000_000]),
                Refused(
                    "InvalidLookupAttributesException",
                    ["LookupAttributes": [["AttributeKey": "Nonsense", "AttributeValue": "x"]]]),
            ], pagesBy: "EventId")
    ]
}
