import IAMAPI
import STSAPI

extension OperationCase {
    private static let alice = Stage.iam + "user/staff/alice"
    private static let nothing = Refused("NoSuchEntity", ["SerialNumber": .text(Stage.iam + "mfa/nothing")])
    private static let notOurs = Refused(
        "NoSuchEntity", ["SerialNumber": .text("arn:aws:iam::444455556666:mfa/phone")])

    static let factors: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreateVirtualMFADevice",
            input: ["VirtualMFADeviceName": "tablet", "Path": "/staff/", "Tags": tags(["team": "red"])],
            asks: [
                Asked("iam:CreateVirtualMFADevice", Stage.iam + "mfa/staff/tablet"),
                Asked("iam:TagMFADevice", Stage.iam + "mfa/staff/tablet"),
            ], keys: ["aws:RequestTag/team": "red", "aws:TagKeys": "team"],
            refusals: [
                Refused("EntityAlreadyExists", ["VirtualMFADeviceName": "phone", "Path": "/"]),
                .invalid("VirtualMFADeviceName"), .sameTags, .reservedTag,
                Refused("ValidationError", ["Path": "staff"]),
                Refused("ValidationError", ["VirtualMFADeviceName": .text(String(repeating: "a", count: 250))]),
            ]),
        OperationCase(
            service: IAM.service, name: "DeleteVirtualMFADevice", input: ["SerialNumber": .text(Stage.phone)],
            asks: [Asked("iam:DeleteVirtualMFADevice", Stage.phone)], isTagged: true,
            refusals: [nothing, notOurs, Refused("DeleteConflict", ["SerialNumber": .text(Stage.watch)])]),
        OperationCase(
            service: IAM.service, name: "ListVirtualMFADevices", input: ["AssignmentStatus": "Any"],
            asks: [Asked("iam:ListVirtualMFADevices", Stage.iam + "mfa/")],
            refusals: [.badMarker, .noItems, Refused("ValidationError", ["AssignmentStatus": "Lost"])],
            pagesBy: "SerialNumber"),
        OperationCase(
            service: IAM.service, name: "TagMFADevice",
            input: ["SerialNumber": .text(Stage.phone), "Tags": tags(["team": "red"])],
            asks: [Asked("iam:TagMFADevice", Stage.phone)],
            keys: ["aws:RequestTag/team": "red", "aws:TagKeys": "team"], isTagged: true,
            refusals: [nothing, notOurs, .sameTags, .reservedTag, .manyTags]),
        OperationCase(
            service: IAM.service, name: "UntagMFADevice",
            input: ["SerialNumber": .text(Stage.phone), "TagKeys": ["team"]],
            asks: [Asked("iam:UntagMFADevice", Stage.phone)], keys: ["aws:TagKeys": "team"], isTagged: true,
            refusals: [nothing, notOurs]),
        OperationCase(
            service: IAM.service, name: "ListMFADeviceTags", input: ["SerialNumber": .text(Stage.phone)],
            asks: [Asked("iam:ListMFADeviceTags", Stage.phone)], isTagged: true,
            refusals: [nothing, notOurs, .badMarker], pagesBy: "Key"),
        OperationCase(
            service: IAM.service, name: "EnableMFADevice",
            input: [
                "UserName": "bare", "SerialNumber": .text(Stage.phone), "AuthenticationCode1": "{phone1}",
                "AuthenticationCode2": "{phone2}",
            ], asks: [Asked("iam:EnableMFADevice", Stage.iam + "user/bare")], isTagged: true,
            refusals: [
                .missing("UserName"), nothing, notOurs,
                Refused("EntityAlreadyExists", ["SerialNumber": .text(Stage.watch)]),
                Refused("InvalidAuthenticationCode", ["AuthenticationCode2": "{phone1}"]),
                Refused("InvalidAuthenticationCode", ["AuthenticationCode1": "{phone2}"]),
                Refused(
                    "InvalidAuthenticationCode", ["AuthenticationCode1": "{phone2}", "AuthenticationCode2": "{phone1}"]
                ),
                Refused(
                    "InvalidAuthenticationCode", ["AuthenticationCode1": "{watch1}", "AuthenticationCode2": "{watch2}"]
                ),
                Refused("ValidationError", ["AuthenticationCode1": "12345"]),
                Refused("ValidationError", ["AuthenticationCode2": "12345x"]),
            ]),
        OperationCase(
            service: IAM.service, name: "ResyncMFADevice",
            input: [
                "UserName": "alice", "SerialNumber": .text(Stage.watch), "AuthenticationCode1": "{watch1}",
                "AuthenticationCode2": "{watch2}",
            ], asks: [Asked("iam:ResyncMFADevice", alice)], isTagged: true,
            refusals: [
                .missing("UserName"), nothing, Refused("NoSuchEntity", ["UserName": "bob"]),
                Refused("NoSuchEntity", ["SerialNumber": .text(Stage.phone)]),
                Refused("InvalidAuthenticationCode", ["AuthenticationCode2": "{watch1}"]),
                Refused(
                    "InvalidAuthenticationCode", ["AuthenticationCode1": "{phone1}", "AuthenticationCode2": "{phone2}"]
                ),
            ]),
        OperationCase(
            service: IAM.service, name: "DeactivateMFADevice",
            input: ["UserName": "alice", "SerialNumber": .text(Stage.watch)],
            asks: [Asked("iam:DeactivateMFADevice", alice)], isTagged: true,
            refusals: [
                .missing("UserName"), nothing, Refused("NoSuchEntity", ["UserName": "bob"]),
                Refused("NoSuchEntity", ["SerialNumber": .text(Stage.phone)]),
            ]),
        OperationCase(
            service: IAM.service, name: "ListMFADevices", input: ["UserName": "alice"],
            asks: [Asked("iam:ListMFADevices", alice)], isTagged: true,
            refusals: [.missing("UserName"), .badMarker, .noItems], pagesBy: "SerialNumber"),
        OperationCase(
            service: IAM.service, name: "GetMFADevice",
            input: ["UserName": "alice", "SerialNumber": .text(Stage.securityKey)],
            asks: [Asked("iam:GetMFADevice", alice)], isTagged: true,
            refusals: [
                .missing("UserName"), Refused("NoSuchEntity", ["UserName": "bob"]),
                Refused("NoSuchEntity", ["SerialNumber": .text(Stage.iam + "u2f/user/alice/none")]),
                Refused("ValidationError", ["SerialNumber": .text(Stage.watch)]),
            ]),
        OperationCase(
            service: STS.service, name: "GetSessionToken",
            input: ["DurationSeconds": 900, "SerialNumber": .text(Stage.badge), "TokenCode": "{badge}"], asks: [],
            refusals: [
                Refused("ValidationError", ["DurationSeconds": 899]),
                Refused("ValidationError", ["DurationSeconds": 129_601]),
                Refused("ValidationError", ["TokenCode": "12345"]),
                Refused("AccessDenied", ["TokenCode": "{watch1}"]),
                Refused("AccessDenied", ["SerialNumber": .text(Stage.watch), "TokenCode": "{watch1}"]),
                Refused("AccessDenied", ["SerialNumber": .text(Stage.iam + "mfa/nothing")]),
            ]),
        OperationCase(
            service: STS.service, name: "GetFederationToken",
            input: [
                "Name": "visitor", "DurationSeconds": 900, "Policy": .text(Stage.reading),
                "Tags": tags(["team": "red"]),
            ],
            asks: [
                Asked("sts:GetFederationToken", "arn:aws:sts::\(House.account):federated-user/visitor"),
                Asked("sts:TagSession", "arn:aws:sts::\(House.account):federated-user/visitor"),
            ], keys: ["aws:RequestTag/team": "red", "aws:TagKeys": "team"],
            refusals: [
                Refused("ValidationError", ["Name": "x"]), Refused("ValidationError", ["Name": "two words"]),
                Refused("ValidationError", ["Name": .text(String(repeating: "n", count: 33))]),
                Refused("ValidationError", ["DurationSeconds": 899]),
                Refused("ValidationError", ["DurationSeconds": 129_601]),
                Refused("InvalidParameterValue", ["Tags": tags(["a": "1", "A": "2"])]),
                Refused("InvalidParameterValue", ["Tags": tags(["aws:a": "1"])]),
                Refused("MalformedPolicyDocument", ["Policy": "{"]),
                Refused("MalformedPolicyDocument", ["PolicyArns": [["arn": .text(Stage.iam + "policy/Nothing")]]]),
                Refused(
                    "PackedPolicyTooLarge",
                    ["Tags": .list((1...20).map { .map(["Key": .text("key\($0)"), "Value": longTag]) })]),
            ]),
    ]

    private static let longTag = Value.text(String(repeating: "v", count: 256))
}
