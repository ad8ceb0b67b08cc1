import IAMAPI

extension OperationCase {
    private static let web = Stage.iam + "instance-profile/staff/web"
    private static let bareProfile = Stage.iam + "instance-profile/bare"
    private static let served = Stage.iam + "role/served"
    private static let ofConfig =
        Stage.iam + "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    private static let ofGuardDuty =
        Stage.iam + "role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty"

    static let instanceProfiles: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreateInstanceProfile",
            input: ["InstanceProfileName": "workers", "Path": "/staff/", "Tags": tags(["team": "red"])],
            asks: [
                Asked("iam:CreateInstanceProfile", Stage.iam + "instance-profile/staff/workers"),
                Asked("iam:TagInstanceProfile", Stage.iam + "instance-profile/staff/workers"),
            ], keys: ["aws:RequestTag/team": "red", "aws:TagKeys": "team"],
            refusals: [
                Refused("EntityAlreadyExists", ["InstanceProfileName": "Web"]), .invalid("InstanceProfileName"),
                .sameTags, Refused("ValidationError", ["Path": "staff"]),
            ]),
        OperationCase(
            service: IAM.service, name: "GetInstanceProfile", input: ["InstanceProfileName": "web"],
            asks: [Asked("iam:GetInstanceProfile", web)], isTagged: true,
            refusals: [.missing("InstanceProfileName")]),
        OperationCase(
            service: IAM.service, name: "ListInstanceProfiles", input: [:],
            asks: [Asked("iam:ListInstanceProfiles", Stage.iam + "instance-profile/")],
            refusals: [.badMarker, .noItems], pagesBy: "InstanceProfileName"),
        OperationCase(
            service: IAM.service, name: "ListInstanceProfilesForRole", input: ["RoleName": "served"],
            asks: [Asked("iam:ListInstanceProfilesForRole", served)], isTagged: true,
            refusals: [.missing("RoleName"), .badMarker], pagesBy: "InstanceProfileName"),
        OperationCase(
            service: IAM.service, name: "DeleteInstanceProfile", input: ["InstanceProfileName": "bare"],
            asks: [Asked("iam:DeleteInstanceProfile", bareProfile)], isTagged: true,
            refusals: [
                .missing("InstanceProfileName"), Refused("DeleteConflict", ["InstanceProfileName": "web"]),
            ]),
        OperationCase(
            service: IAM.service, name: "AddRoleToInstanceProfile",
            input: ["InstanceProfileName": "bare", "RoleName": "served"],
            asks: [Asked("iam:AddRoleToInstanceProfile", bareProfile), Asked("iam:PassRole", served)],
            keys: ["iam:PassedToService": "ec2.amazonaws.com"], isTagged: true,
            refusals: [
                .missing("InstanceProfileName"), .missing("RoleName"),
                Refused("LimitExceeded", ["InstanceProfileName": "web"]),
                Refused("UnmodifiableEntity", ["RoleName": "AWSServiceRoleForConfig"]),
            ]),
        OperationCase(
            service: IAM.service, name: "RemoveRoleFromInstanceProfile",
            input: ["InstanceProfileName": "web", "RoleName": "served"],
            asks: [Asked("iam:RemoveRoleFromInstanceProfile", web)], isTagged: true,
            refusals: [
                .missing("InstanceProfileName"), .missing("RoleName"),
                Refused("NoSuchEntity", ["InstanceProfileName": "bare"]),
                Refused("NoSuchEntity", ["RoleName": "worker"]),
            ]),
        OperationCase(
            service: IAM.service, name: "TagInstanceProfile",
            input: ["InstanceProfileName": "web", "Tags": tags(["team": "red"])],
            asks: [Asked("iam:TagInstanceProfile", web)], keys: ["aws:RequestTag/team": "red", "aws:TagKeys": "team"],
            isTagged: true,
            refusals: [.missing("InstanceProfileName"), .sameTags, .reservedTag, .manyTags]),
        OperationCase(
            service: IAM.service, name: "UntagInstanceProfile",
            input: ["InstanceProfileName": "web", "TagKeys": ["team"]],
            asks: [Asked("iam:UntagInstanceProfile", web)], keys: ["aws:TagKeys": "team"], isTagged: true,
            refusals: [.missing("InstanceProfileName")]),
        OperationCase(
            service: IAM.service, name: "ListInstanceProfileTags", input: ["InstanceProfileName": "web"],
            asks: [Asked("iam:ListInstanceProfileTags", web)], isTagged: true,
            refusals: [.missing("InstanceProfileName"), .badMarker], pagesBy: "Key"),
    ]

    static let serviceLinkedRoles: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreateServiceLinkedRole",
            input: ["AWSServiceName": "guardduty.amazonaws.com", "Description": "watches"],
            asks: [Asked("iam:CreateServiceLinkedRole", ofGuardDuty)],
            keys: ["iam:AWSServiceName": "guardduty.amazonaws.com"],
            refusals: [
                Refused("InvalidInput", ["AWSServiceName": "config.amazonaws.com"]),
                Refused("InvalidInput", ["AWSServiceName": "nothing.amazonaws.com"]),
                Refused("InvalidInput", ["CustomSuffix": "mine"]), .invalid("AWSServiceName"),
                Refused(
                    "InvalidInput",
                    [
                        "AWSServiceName": "autoscaling.amazonaws.com",
                        "CustomSuffix": .text(String(repeating: "x", count: 60)),
                    ]
                ),
            ]),
        OperationCase(
            service: IAM.service, name: "DeleteServiceLinkedRole", input: ["RoleName": "AWSServiceRoleForConfig"],
            asks: [Asked("iam:DeleteServiceLinkedRole", ofConfig)],
            refusals: [.missing("RoleName"), Refused("NoSuchEntity", ["RoleName": "worker"])]),
        OperationCase(
            service: IAM.service, name: "GetServiceLinkedRoleDeletionStatus", input: ["DeletionTaskId": "{deletion}"],
            asks: [
                Asked(
                    "iam:GetServiceLinkedRoleDeletionStatus",
                    Stage.iam + "role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport")
            ],
            refusals: [
                Refused("NoSuchEntity", ["DeletionTaskId": "task/aws-service-role/x.amazonaws.com/Nobody/1"])
            ]),
    ]
}
