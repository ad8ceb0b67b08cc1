import IAMAPI

extension OperationCase {
    private static let worker = Stage.iam + "role/staff/worker"
    private static let bareRole = Stage.iam + "role/bare"
    private static let ofService = Refused("UnmodifiableEntity", ["RoleName": "AWSServiceRoleForConfig"])
    private static let boundary = ["iam:PermissionsBoundary": Stage.reader]
    private static let stranger: Value =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/nobody"},"Action":"sts:AssumeRole"}]}"#

    static let roles: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreateRole",
            input: [
                "RoleName": "builder", "Path": "/staff/", "AssumeRolePolicyDocument": .text(Stage.trust),
                "Tags": tags(["team": "red"]), "PermissionsBoundary": .text(Stage.reader), "Description": "builds",
                "MaxSessionDuration": 7200,
            ],
            asks: [
                Asked("iam:CreateRole", Stage.iam + "role/staff/builder"),
                Asked("iam:TagRole", Stage.iam + "role/staff/builder"),
            ], keys: boundary.merging(["aws:RequestTag/team": "red", "aws:TagKeys": "team"]) { $1 },
            refusals: Refused.malformed("AssumeRolePolicyDocument") + [
                Refused("EntityAlreadyExists", ["RoleName": "Worker"]), .invalid("RoleName"), .duplicateTags,
                Refused("MalformedPolicyDocument", ["AssumeRolePolicyDocument": stranger]),
                Refused("NoSuchEntity", ["PermissionsBoundary": .text(Stage.iam + "policy/Nothing")]),
                Refused("ValidationError", ["MaxSessionDuration": 60]),
                Refused("InvalidInput", ["Path": "/aws-service-role/config.amazonaws.com/"]),
                Refused("LimitExceeded", ["AssumeRolePolicyDocument": longTrust]),
            ]),
        OperationCase(
            service: IAM.service, name: "GetRole", input: ["RoleName": "worker"], asks: [Asked("iam:GetRole", worker)],
            keys: boundary, isTagged: true, refusals: [.missing("RoleName")]),
        OperationCase(
            service: IAM.service, name: "ListRoles", input: [:], asks: [Asked("iam:ListRoles", Stage.iam + "role/")],
            refusals: [.badMarker, .noItems], pagesBy: "RoleName"),
        OperationCase(
            service: IAM.service, name: "UpdateRole",
            input: ["RoleName": "worker", "Description": "works", "MaxSessionDuration": 7200],
            asks: [Asked("iam:UpdateRole", worker)], keys: boundary, isTagged: true,
            refusals: [
                .missing("RoleName"), Refused("ValidationError", ["MaxSessionDuration": 60]),
                Refused("UnmodifiableEntity", ["RoleName": "AWSServiceRoleForConfig"]),
            ]),
        OperationCase(
            service: IAM.service, name: "UpdateRoleDescription", input: ["RoleName": "worker", "Description": "works"],
            asks: [Asked("iam:UpdateRoleDescription", worker)], keys: boundary, isTagged: true,
            refusals: [.missing("RoleName")]),
        OperationCase(
            service: IAM.service, name: "UpdateAssumeRolePolicy",
            input: [
                "RoleName": "worker",
                "PolicyDocument":
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#,
            ],
            asks: [Asked("iam:UpdateAssumeRolePolicy", worker)], keys: boundary, isTagged: true,
            refusals: Refused.malformed("PolicyDocument") + [
                .missing("RoleName"), Refused("MalformedPolicyDocument", ["PolicyDocument": stranger]), ofService,
                Refused("LimitExceeded", ["PolicyDocument": longTrust]),
            ]),
        OperationCase(
            service: IAM.service, name: "DeleteRole", input: ["RoleName": "bare"],
            asks: [Asked("iam:DeleteRole", bareRole)],
            keys: boundary, isTagged: true,
            refusals: [
                .missing("RoleName"), Refused("DeleteConflict", ["RoleName": "worker"]),
                Refused("DeleteConflict", ["RoleName": "served"]), ofService,
            ]),
        OperationCase(
            service: IAM.service, name: "TagRole", input: ["RoleName": "worker", "Tags": tags(["team": "red"])],
            asks: [Asked("iam:TagRole", worker)], keys: ["aws:RequestTag/team": "red", "aws:TagKeys": "team"],
            isTagged: true,
            refusals: [.missing("RoleName"), .duplicateTags, .reservedTag, .manyTags]),
        OperationCase(
            service: IAM.service, name: "UntagRole", input: ["RoleName": "worker", "TagKeys": ["team"]],
            asks: [Asked("iam:UntagRole", worker)], keys: ["aws:TagKeys": "team"], isTagged: true,
            refusals: [.missing("RoleName")]),
        OperationCase(
            service: IAM.service, name: "ListRoleTags", input: ["RoleName": "worker"],
            asks: [Asked("iam:ListRoleTags", worker)],
            isTagged: true, refusals: [.missing("RoleName"), .badMarker], pagesBy: "Key"),
        OperationCase(
            service: IAM.service, name: "PutRolePermissionsBoundary",
            input: ["RoleName": "bare", "PermissionsBoundary": .text(Stage.bare)],
            asks: [Asked("iam:PutRolePermissionsBoundary", bareRole)], keys: ["iam:PermissionsBoundary": Stage.bare],
            isTagged: true,
            refusals: [
                .missing("RoleName"), ofService,
                Refused("NoSuchEntity", ["PermissionsBoundary": .text(Stage.iam + "policy/Nothing")]),
            ]),
        OperationCase(
            service: IAM.service, name: "DeleteRolePermissionsBoundary", input: ["RoleName": "bare"],
            asks: [Asked("iam:DeleteRolePermissionsBoundary", bareRole)], keys: boundary, isTagged: true,
            refusals: [
                .missing("RoleName"), ofService,
                Refused("NoSuchEntity", after: [("DeleteRolePermissionsBoundary", ["RoleName": "bare"])]),
            ]),
    ]

    static let rolePolicies: [OperationCase] = onOwner("Role", "worker", worker, boundary: boundary, isTagged: true)

    private static let longTrust: Value = {
        let statement = #"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}"#
        return .text(
            #"{"Version":"2012-10-17","Statement":["# + Array(repeating: statement, count: 40).joined(separator: ",")
                + "]}")
    }()
}
