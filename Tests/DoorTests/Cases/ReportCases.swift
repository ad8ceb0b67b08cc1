import IAMAPI

extension OperationCase {
    static let reports: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "GenerateCredentialReport", input: [:],
            asks: [Asked("iam:GenerateCredentialReport", "*")]),
        OperationCase(
            service: IAM.service, name: "GetCredentialReport", input: [:],
            asks: [Asked("iam:GetCredentialReport", "*")],
            refusals: [
                Refused("ReportNotPresent"), Refused("ReportInProgress", after: [("GenerateCredentialReport", [:])]),
            ],
            preparation: { house in
                try await house.must(IAM.service, "GenerateCredentialReport")
                try await house.observe()
            }),
    ]

    static let lastAccessed: [OperationCase] = {
        let alice = Stage.iam + "user/staff/alice"
        let noJob = Refused("NoSuchEntity", ["JobId": "00000000-0000-4000-8000-000000000000"])
        let foreign = [
            Refused("InvalidInput", ["Arn": .text(Stage.iam + "root")]),
            Refused("InvalidInput", ["Arn": "arn:aws:s3:::a-bucket-of-mine"]),
            Refused("NoSuchEntity", ["Arn": .text(Stage.iam + "user/nobody")]),
            // Another path, another account: another user.
            Refused("NoSuchEntity", ["Arn": .text(Stage.iam + "user/alice")]),
        ]
        return [
            OperationCase(
                service: IAM.service, name: "GenerateServiceLastAccessedDetails",
                input: ["Arn": .text(alice), "Granularity": "ACTION_LEVEL"],
                asks: [Asked("iam:GenerateServiceLastAccessedDetails", alice)], isTagged: true,
                refusals: foreign + [
                    Refused("NoSuchEntity", ["Arn": .text(Stage.iam + "policy/Nothing")]),
                    Refused("ValidationError", ["Granularity": "ALL"]),
                ]),
            OperationCase(
                service: IAM.service, name: "GetServiceLastAccessedDetails", input: ["JobId": "{accessJob}"],
                asks: [Asked("iam:GetServiceLastAccessedDetails", "*")], refusals: [noJob, .badMarker, .noItems]),
            OperationCase(
                service: IAM.service, name: "GetServiceLastAccessedDetailsWithEntities",
                input: ["JobId": "{accessJob}", "ServiceNamespace": "s3"],
                asks: [Asked("iam:GetServiceLastAccessedDetailsWithEntities", "*")],
                refusals: [noJob, .badMarker, .noItems, Refused("InvalidInput", ["ServiceNamespace": "ec2"])]),
            OperationCase(
                service: IAM.service, name: "ListPoliciesGrantingServiceAccess",
                input: ["Arn": .text(alice), "ServiceNamespaces": ["s3", "iam"]],
                asks: [Asked("iam:ListPoliciesGrantingServiceAccess", alice)], isTagged: true,
                refusals: foreign + [
                    Refused("InvalidInput", ["ServiceNamespaces": ["no-such-service"]]), .badMarker,
                    Refused("InvalidInput", ["Arn": .text(Stage.reader)]),
                ]),
        ]
    }()

    static let organizations: [OperationCase] = {
        func feature(_ name: String) -> OperationCase {
            OperationCase(
                service: IAM.service, name: name, input: [:], asks: [Asked("iam:" + name, "*")],
                alwaysRefused: "OrganizationNotFoundException")
        }
        let path = "o-a1b2c3d4e5/r-f6g7h8i9j0example"
        return [
            feature("EnableOrganizationsRootCredentialsManagement"),
            feature("DisableOrganizationsRootCredentialsManagement"), feature("EnableOrganizationsRootSessions"),
            feature("DisableOrganizationsRootSessions"), feature("ListOrganizationsFeatures"),
            OperationCase(
                service: IAM.service, name: "GenerateOrganizationsAccessReport",
                input: ["EntityPath": .text(path), "OrganizationsPolicyId": "p-12345678"],
                asks: [Asked("iam:GenerateOrganizationsAccessReport", Stage.iam + "access-report/" + path)],
                keys: ["iam:OrganizationsPolicyId": "p-12345678"],
                refusals: [Refused("ValidationError", ["EntityPath": "somewhere-in-an-organization"])],
                alwaysRefused: "AccessDenied"),
            OperationCase(
                service: IAM.service, name: "GetOrganizationsAccessReport",
                input: ["JobId": "00000000-0000-4000-8000-000000000000"],
                asks: [Asked("iam:GetOrganizationsAccessReport", "*")], refusals: [.badMarkerNobody],
                alwaysRefused: "NoSuchEntity"),
        ]
    }()
}

extension Refused {
    /// What has no pages has no marker that would be wrong.
    fileprivate static let badMarkerNobody = Refused("NoSuchEntity", ["Marker": "AAAA"])
}
