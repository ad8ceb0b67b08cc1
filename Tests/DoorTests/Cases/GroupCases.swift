import IAMAPI

extension OperationCase {
    private static let crew = Stage.iam + "group/staff/crew"
    private static let bareGroup = Stage.iam + "group/bare"

    static let groups: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreateGroup", input: ["GroupName": "guild", "Path": "/staff/"],
            asks: [Asked("iam:CreateGroup", Stage.iam + "group/staff/guild")],
            refusals: [Refused("EntityAlreadyExists", ["GroupName": "Crew"]), .invalid("GroupName")]),
        OperationCase(
            service: IAM.service, name: "GetGroup", input: ["GroupName": "crew"], asks: [Asked("iam:GetGroup", crew)],
            refusals: [.missing("GroupName"), .badMarker], pagesBy: "UserName"),
        OperationCase(
            service: IAM.service, name: "ListGroups", input: [:], asks: [Asked("iam:ListGroups", Stage.iam + "group/")],
            refusals: [.badMarker, .noItems], pagesBy: "GroupName"),
        OperationCase(
            service: IAM.service, name: "UpdateGroup",
            input: ["GroupName": "crew", "NewGroupName": "team", "NewPath": "/board/"],
            asks: [Asked("iam:UpdateGroup", crew), Asked("iam:UpdateGroup", Stage.iam + "group/board/team")],
            refusals: [
                .missing("GroupName"), Refused("EntityAlreadyExists", ["NewGroupName": "BARE"]),
                .invalid("NewGroupName"),
            ]),
        OperationCase(
            service: IAM.service, name: "DeleteGroup", input: ["GroupName": "bare"],
            asks: [Asked("iam:DeleteGroup", bareGroup)],
            refusals: [
                .missing("GroupName"), Refused("DeleteConflict", ["GroupName": "crew"]),
                Refused("DeleteConflict", ["GroupName": "band"]),
            ]),
        OperationCase(
            service: IAM.service, name: "AddUserToGroup", input: ["GroupName": "bare", "UserName": "bare"],
            asks: [Asked("iam:AddUserToGroup", bareGroup)],
            refusals: [
                .missing("GroupName"), .missing("UserName"),
                Refused(
                    "LimitExceeded", ["UserName": "alice"],
                    after: (1...8).flatMap { number -> [(String, Input)] in
                        let group: Input = ["GroupName": .text("group\(number)")]
                        return [
                            ("CreateGroup", group), ("AddUserToGroup", group.merging(["UserName": "alice"]) { $1 }),
                        ]
                    }),
            ]),
        OperationCase(
            service: IAM.service, name: "RemoveUserFromGroup", input: ["GroupName": "crew", "UserName": "bob"],
            asks: [Asked("iam:RemoveUserFromGroup", crew)],
            refusals: [.missing("GroupName"), .missing("UserName")]),
    ]

    static let groupPolicies: [OperationCase] = onOwner("Group", "crew", crew, boundary: [:], isTagged: false)
}
