import IAMAPI

extension OperationCase {
    private static let alice = Stage.iam + "user/staff/alice"
    private static let bareUser = Stage.iam + "user/bare"

    static let users: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreateUser",
            input: [
                "UserName": "zoe", "Path": "/staff/", "Tags": tags(["team": "red"]),
                "PermissionsBoundary": .text(Stage.reader),
            ],
            asks: [
                Asked("iam:CreateUser", Stage.iam + "user/staff/zoe"),
                Asked("iam:TagUser", Stage.iam + "user/staff/zoe"),
            ],
            keys: ["aws:RequestTag/team": "red", "aws:TagKeys": "team", "iam:PermissionsBoundary": Stage.reader],
            refusals: [
                Refused("EntityAlreadyExists", ["UserName": "ALICE"]), .invalid("UserName"), .duplicateTags,
                .reservedTag,
                Refused("NoSuchEntity", ["PermissionsBoundary": .text(Stage.iam + "policy/Nothing")]),
            ]),
        OperationCase(
            service: IAM.service, name: "GetUser", input: ["UserName": "alice"], asks: [Asked("iam:GetUser", alice)],
            isTagged: true, refusals: [.missing("UserName"), .invalid("UserName")]),
        OperationCase(
            service: IAM.service, name: "ListUsers", input: ["PathPrefix": "/"],
            asks: [Asked("iam:ListUsers", Stage.iam + "user/")], refusals: [.badMarker, .noItems], pagesBy: "UserName"),
        OperationCase(
            service: IAM.service, name: "UpdateUser",
            input: ["UserName": "alice", "NewUserName": "alicia", "NewPath": "/board/"],
            asks: [Asked("iam:UpdateUser", alice), Asked("iam:UpdateUser", Stage.iam + "user/board/alicia")],
            isTagged: true,
            refusals: [
                .missing("UserName"), Refused("EntityAlreadyExists", ["NewUserName": "Bob"]), .invalid("NewUserName"),
            ]),
        OperationCase(
            service: IAM.service, name: "DeleteUser", input: ["UserName": "bare"],
            asks: [Asked("iam:DeleteUser", bareUser)],
            isTagged: true,
            refusals: [
                .missing("UserName"), Refused("DeleteConflict", ["UserName": "alice"]),
                Refused("DeleteConflict", after: [("CreateAccessKey", ["UserName": "bare"])]),
                Refused(
                    "DeleteConflict",
                    after: [
                        ("UploadSSHPublicKey", ["UserName": "bare", "SSHPublicKeyBody": Fixture.value("ssh3.pub")])
                    ]),
                Refused(
                    "DeleteConflict",
                    after: [
                        (
                            "UploadSigningCertificate",
                            ["UserName": "bare", "CertificateBody": Fixture.value("server.pem")]
                        )
                    ]),
                Refused(
                    "DeleteConflict",
                    after: [
                        (
                            "CreateServiceSpecificCredential",
                            ["UserName": "bare", "ServiceName": "codecommit.amazonaws.com"]
                        )
                    ]),
                Refused("DeleteConflict", ["UserName": "bob"]),
            ]),
        OperationCase(
            service: IAM.service, name: "TagUser", input: ["UserName": "alice", "Tags": tags(["team": "red"])],
            asks: [Asked("iam:TagUser", alice)], keys: ["aws:RequestTag/team": "red", "aws:TagKeys": "team"],
            isTagged: true,
            refusals: [.missing("UserName"), .duplicateTags, .reservedTag, .manyTags]),
        OperationCase(
            service: IAM.service, name: "UntagUser", input: ["UserName": "alice", "TagKeys": ["team"]],
            asks: [Asked("iam:UntagUser", alice)], keys: ["aws:TagKeys": "team"], isTagged: true,
            refusals: [.missing("UserName")]),
        OperationCase(
            service: IAM.service, name: "ListUserTags", input: ["UserName": "alice"],
            asks: [Asked("iam:ListUserTags", alice)],
            isTagged: true, refusals: [.missing("UserName"), .badMarker], pagesBy: "Key"),
        OperationCase(
            service: IAM.service, name: "PutUserPermissionsBoundary",
            input: ["UserName": "bare", "PermissionsBoundary": .text(Stage.bare)],
            asks: [Asked("iam:PutUserPermissionsBoundary", bareUser)], keys: ["iam:PermissionsBoundary": Stage.bare],
            isTagged: true,
            refusals: [
                .missing("UserName"),
                Refused("NoSuchEntity", ["PermissionsBoundary": .text(Stage.iam + "policy/Nothing")]),
            ]),
        OperationCase(
            service: IAM.service, name: "DeleteUserPermissionsBoundary", input: ["UserName": "alice"],
            asks: [Asked("iam:DeleteUserPermissionsBoundary", alice)], keys: ["iam:PermissionsBoundary": Stage.reader],
            isTagged: true, refusals: [.missing("UserName"), Refused("NoSuchEntity", ["UserName": "bare"])]),
        OperationCase(
            service: IAM.service, name: "ListGroupsForUser", input: ["UserName": "alice"],
            asks: [Asked("iam:ListGroupsForUser", alice)], isTagged: true,
            refusals: [.missing("UserName"), .badMarker],
            pagesBy: "GroupName"),
    ]

    static let userPolicies: [OperationCase] = onOwner(
        "User", "alice", alice, boundary: ["iam:PermissionsBoundary": Stage.reader], isTagged: true)

    /// The eight operations on the policies of a user, group or role, which differ in names only.
    static func onOwner(
        _ kind: String, _ name: String, _ arn: String, boundary: [String: String], isTagged: Bool
    ) -> [OperationCase] {
        let owner: Input = [kind + "Name": .text(name)]
        let missing = Refused.missing(kind + "Name")
        func make(
            _ operation: String, _ input: Input, keys: [String: String], _ refusals: [Refused], pagesBy: String? = nil
        ) -> OperationCase {
            OperationCase(
                service: IAM.service, name: operation, input: owner.merging(input) { $1 },
                asks: [Asked("iam:" + operation, arn)], keys: keys, isTagged: isTagged, refusals: [missing] + refusals,
                pagesBy: pagesBy)
        }
        let attachKeys = boundary.merging(["iam:PolicyARN": Stage.bare]) { $1 }
        let detachKeys = boundary.merging(["iam:PolicyARN": Stage.reader]) { $1 }
        let noNotes = Refused("NoSuchEntity", ["PolicyName": "nothing"])
        return [
            make(
                "Put\(kind)Policy", ["PolicyName": "new", "PolicyDocument": .text(Stage.reading)], keys: boundary,
                Refused.malformed("PolicyDocument") + [
                    .invalid("PolicyName"), Refused("LimitExceeded", ["PolicyDocument": hugeDocument]),
                ]),
            make("Get\(kind)Policy", ["PolicyName": "notes"], keys: [:], [noNotes]),
            make("Delete\(kind)Policy", ["PolicyName": "notes"], keys: boundary, [noNotes]),
            make("List\(kind)Policies", [:], keys: [:], [.badMarker, .noItems], pagesBy: "member"),
            make(
                "Attach\(kind)Policy", ["PolicyArn": .text(Stage.bare)], keys: attachKeys,
                [.noPolicy, tooMany(kind, owner)]),
            make("Detach\(kind)Policy", ["PolicyArn": .text(Stage.reader)], keys: detachKeys, [.noPolicy]),
            make("ListAttached\(kind)Policies", [:], keys: [:], [.badMarker, .noItems], pagesBy: "PolicyArn"),
        ]
    }

    /// The eleventh attached policy.
    private static func tooMany(_ kind: String, _ owner: Input) -> Refused {
        let names = [
            "AmazonS3ReadOnlyAccess", "AmazonS3FullAccess", "AmazonEC2ReadOnlyAccess", "AmazonEC2FullAccess",
            "IAMReadOnlyAccess",
            "IAMFullAccess", "AmazonSQSFullAccess", "AmazonSNSFullAccess",
        ]
        let calls = names.map { name in
            ("Attach\(kind)Policy", owner.merging(["PolicyArn": .text("arn:aws:iam::aws:policy/" + name)]) { $1 })
        }
        return Refused("LimitExceeded", after: calls)
    }
}
