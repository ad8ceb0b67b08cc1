import Catalogue
import Foundation
import IAMAPI
import Testing
import World

@testable import IAMService

/// Defends: a service-linked role is the service's: made only as the service has it, changed by nobody else.
@Suite(.serialized) struct ServiceLinkedRoleTests {
    @Test func everyPolicyOfTheTableIsAWSs() {
        for linked in ServiceLinkedRole.all {
            #expect(
                ManagedPolicies.find(linked.policyARN.dropFirst("arn:aws:iam::aws:policy/".count)) != nil,
                "\(linked.policyARN)")
        }
        #expect(Set(ServiceLinkedRole.all.map(\.service)).count == ServiceLinkedRole.all.count)
        #expect(Set(ServiceLinkedRole.all.map(\.name)).count == ServiceLinkedRole.all.count)
    }

    @Test func itIsAsTheServiceHasIt() async throws {
        let house = try await House()
        let made = try await house.must(
            IAM.service, "CreateServiceLinkedRole",
            ["AWSServiceName": "autoscaling.amazonaws.com", "CustomSuffix": "keys", "Description": "scales"])
        let arn =
            "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_keys"
        #expect(made.text("Arn") == arn)
        #expect(trust(made)?.contains(#""Principal":{"Service":["autoscaling.amazonaws.com"]}"#) == true)
        let role = try await house.must(IAM.service, "GetRole", ["RoleName": "AWSServiceRoleForAutoScaling_keys"])
        #expect(role.text("Description") == "scales")
        #expect(trust(role)?.contains(#""Principal":{"Service":"autoscaling.amazonaws.com"}"#) == true)
        let attached = try await house.must(
            IAM.service, "ListAttachedRolePolicies", ["RoleName": "AWSServiceRoleForAutoScaling_keys"])
        #expect(
            attached.texts("PolicyArn") == ["arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy"])
        // Another suffix makes another role, the same one does not.
        let again = try await house.call(
            IAM.service, "CreateServiceLinkedRole",
            ["AWSServiceName": "autoscaling.amazonaws.com", "CustomSuffix": "keys"], as: house.root)
        #expect(again.code == "InvalidInput")
        try await house.must(
            IAM.service, "CreateServiceLinkedRole", ["AWSServiceName": "autoscaling.amazonaws.com"])
    }

    @Test func firewallsOfRegionsHaveTheirOwn() async throws {
        let house = try await House()
        let made = try await house.must(
            IAM.service, "CreateServiceLinkedRole", ["AWSServiceName": "waf-regional.amazonaws.com"])
        #expect(
            made.text("Arn")
                == "arn:aws:iam::111122223333:role/aws-service-role/waf-regional.amazonaws.com/AWSServiceRoleForWAFRegionalLogging"
        )
        let attached = try await house.must(
            IAM.service, "ListAttachedRolePolicies", ["RoleName": "AWSServiceRoleForWAFRegionalLogging"])
        #expect(
            attached.texts("PolicyArn")
                == ["arn:aws:iam::aws:policy/aws-service-role/WAFRegionalLoggingServiceRolePolicy"])
    }

    private func trust(_ answer: Answer) -> String? {
        answer.text("AssumeRolePolicyDocument")?.removingPercentEncoding
    }

    @Test func onlyItsDescriptionCanBeChanged() async throws {
        let stage = try await Stage()
        let name: Value = "AWSServiceRoleForConfig"
        let policy: Value = .text(Stage.reading)
        let calls: [(String, Input)] = [
            ("PutRolePolicy", ["PolicyName": "p", "PolicyDocument": policy]),
            ("DeleteRolePolicy", ["PolicyName": "p"]), ("AttachRolePolicy", ["PolicyArn": .text(Stage.reader)]),
            ("DetachRolePolicy", ["PolicyArn": "arn:aws:iam::aws:policy/aws-service-role/AWSConfigServiceRolePolicy"]),
            ("UpdateAssumeRolePolicy", ["PolicyDocument": .text(Stage.trust)]), ("DeleteRole", [:]),
        ]
        for (operation, input) in calls {
            let answer = try await stage.house.call(
                IAM.service, operation, input.merging(["RoleName": name]) { $1 }, as: stage.house.root)
            #expect(answer.code == "UnmodifiableEntity", "\(operation)")
        }
        try await stage.house.must(IAM.service, "UpdateRole", ["RoleName": name, "Description": "ours"])
    }

    @Test func itsDeletionIsATask() async throws {
        let stage = try await Stage()
        let task = try await stage.house.must(
            IAM.service, "DeleteServiceLinkedRole", ["RoleName": "AWSServiceRoleForConfig"]
        ).text("DeletionTaskId")
        #expect(task?.hasPrefix("task/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig/") == true)
        let status = try await stage.house.must(
            IAM.service, "GetServiceLinkedRoleDeletionStatus", ["DeletionTaskId": .text(task ?? "")])
        #expect(status.text("Status") == "SUCCEEDED")
        #expect(
            try await stage.house.call(
                IAM.service, "GetRole", ["RoleName": "AWSServiceRoleForConfig"], as: stage.house.root
            ).code == "NoSuchEntity")
    }
}
